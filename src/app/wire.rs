//! Keeps `ui/src/lib/api/types.ts` equal to the Rust types.

use std::path::Path;

use ts_rs::{Config, TS};

use super::*;
use crate::chart::{Anchor, ChartMark, ChartTone, Column, Figure, Scene, Table};
use crate::cloud::Seed;
use crate::drill::Form;
use crate::incident::{
    ActionScore, CheckScore, Debrief, Guess, Mark, Play, PostAction, Series, Step, StepKind, Tone, ToneKind,
};
use crate::interview::{MockWish, Probe, Reason, Shape, Weak};
use crate::model::*;
use crate::plan::{FitEvidence, Method};
use crate::speech::RecorderState;
use crate::story::{Coverage, Finding, FindingKind, Gap, GapKind, Hint, Interviewer, PanelPlan, Seat};
use crate::time::StudyDay;

macro_rules! declarations {
    ($config:expr, $($type:ty),+ $(,)?) => {
        vec![$(format!("export {}", <$type as TS>::decl($config))),+]
    };
}

/// The whole of `types.ts`.
fn types() -> String {
    let config = Config::new().with_large_int("number");
    let declarations = declarations!(
        &config,
        Language,
        Text,
        ItemKind,
        ItemRef,
        StudyDay,
        Grade,
        SessionKind,
        AnswerMode,
        TrackId,
        Level,
        Domain,
        Status,
        Frequency,
        Volatility,
        QuestionKind,
        Direction,
        Prominence,
        EvidenceType,
        Provenance,
        Evidence,
        Accept,
        ReferenceType,
        Reference,
        Inline,
        Block,
        KeyPointView,
        MistakeView,
        ProbeView,
        PrincipleView,
        TermProbeView,
        Face,
        ItemView,
        Theme,
        Settings,
        Round,
        NextRound,
        RubricDimension,
        Region,
        DayKind,
        Focus,
        PlanWish,
        DayChoice,
        PlanDay,
        Behind,
        Method,
        FitEvidence,
        Learnt,
        LearningState,
        LearningEnd,
        PlanPage,
        PointOfPlan,
        RoundForecast,
        Planned,
        Dropped,
        Notice,
        TopicName,
        TrackOutline,
        Outline,
        Start,
        DomainCount,
        Group,
        Today,
        Choice,
        Card,
        Practice,
        Answer,
        BrowseFilter,
        Seed,
        Form,
        AskForm,
        Ask,
        DrillCase,
        DrillAnswer,
        AskVerdict,
        DrillVerdict,
        PastCase,
        DrillRow,
        DrillsPage,
        Symptom,
        Severity,
        Aim,
        UpdatePart,
        Series,
        Mark,
        StepKind,
        Step,
        PostAction,
        Play,
        ToneKind,
        Tone,
        Guess,
        CheckScore,
        ActionScore,
        Debrief,
        IncidentRow,
        IncidentsPage,
        NoteView,
        HypothesisView,
        EvidenceView,
        CheckView,
        ActionView,
        DebriefPage,
        PlayDraft,
        PlayPage,
        MemoryView,
        BrowseRow,
        BrowsePage,
        PastAnswer,
        BrowseItem,
        DayCount,
        DomainStrength,
        Anchor,
        ChartTone,
        ChartMark,
        Scene,
        Column,
        Table,
        Figure,
        FiguresPage,
        Progress,
        SettingsPage,
        StoryId,
        StoryPart,
        Telling,
        Strength,
        Story,
        Hint,
        GapKind,
        Gap,
        Coverage,
        Interviewer,
        Seat,
        PanelPlan,
        StoryRow,
        StoriesPage,
        PartLength,
        Draft,
        VersionRow,
        StoryPage,
        FindingKind,
        Finding,
        SharedStory,
        Probe,
        Manner,
        ProbeAnswer,
        Score,
        Pause,
        Delivery,
        Account,
        Shape,
        Reason,
        Weak,
        Figures,
        RehearsalPage,
        StoryChoice,
        RecordingRow,
        Recordings,
        RehearsalDesk,
        Asked,
        MockRound,
        MockWish,
        MockRow,
        MocksPage,
        MockAnswer,
        MockStage,
        MockPage,
        ScoredAnswer,
        RecorderState,
    );
    format!(
        "// Generated from the Rust types by `cargo test types_for_the_window`. Do not edit.\n\n{}\n",
        declarations.join("\n\n")
    )
}

#[test]
fn types_for_the_window_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/lib/api/types.ts");
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let wanted = types();
    if found != wanted {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of the types");
        std::fs::write(&path, wanted).expect("types.ts can be written");
        panic!(
            "ui/src/lib/api/types.ts was stale and has been written anew: look at the difference and commit it"
        );
    }
}
