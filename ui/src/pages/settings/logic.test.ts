import { describe, expect, it } from 'vitest';
import { draftFault, draftOf, roundOf } from './logic';

const draft = { name: ' Loop ', date: '2026-12-05', time: '14:30', zone: 'Asia/Taipei' };
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
    });
    expect(draftOf(null)).toEqual({ name: '', date: '', time: '', zone: '' });
  });
});
