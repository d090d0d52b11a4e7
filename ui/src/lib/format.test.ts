import { describe, expect, it } from 'vitest';
import { messagesFor } from '../messages';
import * as format from './format';

const en = messagesFor('en');
const zh = messagesFor('zh-TW');

describe('intervals', () => {
  it.each([
    [0, 10, '<10 min', '10分鐘內'],
    [0, 0, '<1 min', '1分鐘內'],
    [1, 0, '1 d', '1天'],
    [59, 0, '59 d', '59天'],
    [60, 0, '2 mo', '2個月'],
    [74, 0, '2.4 mo', '2.4個月'],
    [364, 0, '12 mo', '12個月'],
    [365, 0, '1 y', '1年'],
    [440, 0, '1.2 y', '1.2年'],
  ])('%i days and %i minutes', (interval_days, interval_minutes, english, chinese) => {
    expect(format.interval(en, { interval_days, interval_minutes })).toBe(english);
    expect(format.interval(zh, { interval_days, interval_minutes })).toBe(chinese);
  });
});

describe('durations', () => {
  it.each([
    [-5, '0:00'],
    [0, '0:00'],
    [999, '0:00'],
    [72_000, '1:12'],
    [3_725_000, '62:05'],
  ])('%i ms on the clock', (ms, text) => expect(format.clock(ms)).toBe(text));

  it.each([
    [0, '0 min', '0分鐘'],
    [20, 'under 1 min', '不到1分鐘'],
    [60, '1 min', '1分鐘'],
    [1480, '25 min', '25分鐘'],
  ])('%i s in minutes', (seconds, english, chinese) => {
    expect(format.minutes(en, seconds)).toBe(english);
    expect(format.minutes(zh, seconds)).toBe(chinese);
  });

  it.each([
    [0.5, '30 min', '30分鐘'],
    [7, '7 h', '7小時'],
    [7.46, '7.5 h', '7.5小時'],
    [14.6, '15 h', '15小時'],
  ])('%d h', (h, english, chinese) => {
    expect(format.hours(en, h)).toBe(english);
    expect(format.hours(zh, h)).toBe(chinese);
  });
});

describe('shares', () => {
  it('never claim all or nothing that is not', () => {
    expect(format.percent('en', 0.999)).toBe('99\u00a0%');
    expect(format.percent('en', 0.001)).toBe('1\u00a0%');
    expect(format.percent('zh-TW', 1)).toBe('100%');
    expect(format.percent('zh-TW', 0)).toBe('0%');
  });
});

describe('dates', () => {
  it.each(['2027-02-30', '2027-2-3', '', '2027-13-01', 'tomorrow', '2027-02-03x'])('%j is none', (text) =>
    expect(format.parseDate(text)).toBeNull(),
  );

  it('count days across a change of summer time and a year', () => {
    expect(format.daysBetween('2027-03-27', '2027-03-29')).toBe(2);
    expect(format.daysBetween('2026-12-31', '2027-01-01')).toBe(1);
    expect(format.daysBetween('2026-11-21', '2026-11-20')).toBe(-1);
    expect(format.addDays('2028-02-28', 1)).toBe('2028-02-29');
  });

  it('are written as each language writes them, the year only where it differs', () => {
    expect(format.day('en', '2026-12-05', '2026-11-21')).toBe('Sat 5 Dec');
    expect(format.day('zh-TW', '2026-12-05', '2026-11-21')).toMatch(/^12月5日/);
    expect(format.day('en', '2027-01-05', '2026-11-21')).toContain('2027');
    expect(format.day('en', 'nonsense')).toBe('nonsense');
  });

  it.each([
    [0, 'today', '今天'],
    [1, 'tomorrow', '明天'],
    [5, 'in 5 days', '5天後'],
    [-1, 'yesterday', '昨天'],
    [-3, '3 days ago', '3天前'],
  ])('%i days from today', (days, english, chinese) => {
    expect(format.fromToday(en, days)).toBe(english);
    expect(format.fromToday(zh, days)).toBe(chinese);
  });

  it('weeks begin on Monday', () => {
    expect(format.weekdays('en')).toEqual(['M', 'T', 'W', 'T', 'F', 'S', 'S']);
    expect(format.weekdays('zh-TW')).toEqual(['一', '二', '三', '四', '五', '六', '日']);
  });
});

describe('the countdown', () => {
  it.each([
    [12, 'Phone screen', 'Phone screen in 12 days', '距離Phone screen還有12天'],
    [1, '', 'Interview tomorrow', '明天：面試'],
    [0, '', 'Interview today', '今天：面試'],
  ])('%i days to %j', (days, name, english, chinese) => {
    expect(en.today.countdown(days, name)).toBe(english);
    expect(zh.today.countdown(days, name)).toBe(chinese);
  });
});
