import type { PacketTaken } from '../../lib/api';

export type Tab = 'mentors' | 'learners';

/** Which side of the page is shown: it is still there when the learner comes back. */
class Home {
  tab = $state<Tab>('mentors');
  /** The feedback that was opened last. */
  came = $state.raw<PacketTaken | null>(null);
}

export const home = new Home();
