import { describe, expect, it } from 'vitest';
import { draftFault, draftOf, focusLevel, roundOf, withFactor } from './logic';

const draft = {
  name: ' Loop ',
  date: '2026-12-05',
  time: '14:30',
  zone: 'Asia/Taipei',
  focus: { domains: { linux: 2 }, kinds: {} },
};
const today = '2026-11-21';

describe('a round', () => {
  it.each([
    [{}, null],
    [{ time: '', zone: '' }, null],
    [{ date: '2026-11-20' }, 'past'],
    [{ date: 'soon' }, 'unreadable'],
    [{ time: '25:00' }, 'time'],
    [{ time: '9:30' }, 'time'],
    [{ zone: 'Taipei' }, 'zone'],
    [{ zone: '+08:00' }, 'zone'],
  ])('with %j is refused for %s', (change, fault) =>
    expect(draftFault({ ...draft, ...change }, today, null)).toBe(fault),
  );

  it('that is over can be renamed, but not moved into the past', () => {
    expect(draftFault({ ...draft, date: '2026-11-01' }, today, '2026-11-01')).toBeNull();
    expect(draftFault({ ...draft, date: '2026-11-02' }, today, '2026-11-01')).toBe('past');
  });

  it('keeps what is known and nothing else', () => {
    expect(roundOf({ ...draft, time: ' ', zone: '' })).toEqual({
      name: 'Loop',
      date: '2026-12-05',
      time: null,
      zone: null,
      focus: draft.focus,
    });
    expect(draftOf(null)).toEqual({
      name: '',
      date: '',
      time: '',
      zone: '',
      focus: { domains: {}, kinds: {} },
    });
  });

  it('asks more of a domain, or as much as the role does, which is not written down', () => {
    const more = withFactor({ domains: {}, kinds: {} }, 'domains', 'linux', 2);
    expect(more.domains).toEqual({ linux: 2 });
    expect(withFactor(more, 'domains', 'linux', 1).domains).toEqual({});
    expect(withFactor(more, 'kinds', 'estimate', 0)).toEqual({
      domains: { linux: 2 },
      kinds: { estimate: 0 },
    });
    expect([undefined, 0, 0.4, 3].map(focusLevel)).toEqual([1, 0, 0.5, 2]);
  });
});
