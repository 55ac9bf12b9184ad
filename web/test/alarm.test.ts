import { describe, expect, it } from 'vitest';
import type { Incident } from '../src/api/types';
import { Alarms } from '../src/data/alarm';

const incident = (id: string, more: Partial<Incident> = {}): Incident => ({ id, number: 1, rule: 'airspace_entry', title: id, state: 'open', outcome: null, severity: 'high', opened: '', updated: '', closed: null, audible: true, subjects: [], assessments: [], entries: [], groups: [], log: [], ...more });

describe('alarms', () => {
  let sounds = 0;
  const on = (): boolean => ++sounds > 0;
  const off = (): boolean => false;

  it('sound once, whatever the connection repeats', () => {
    const a = new Alarms();
    sounds = 0;
    expect(a.raise('a', 1000)).toBe(true);
    a.hear(on);
    expect(a.raise('a', 1000)).toBe(false);
    a.hear(on);
    expect(sounds).toBe(1);
  });

  it('sound again when the incident begins again', () => {
    const a = new Alarms();
    sounds = 0;
    a.raise('a', 1000);
    a.hear(on);
    expect(a.raise('a', 2000)).toBe(true);
    a.hear(on);
    expect(sounds).toBe(2);
  });

  it('what came while the sound was off sounds once when it is switched on', () => {
    const a = new Alarms();
    sounds = 0;
    a.raise('a', 1000);
    a.raise('b', 1000);
    a.hear(off);
    a.settle([incident('a'), incident('b')]);
    expect(a.count).toBe(2);
    a.hear(on);
    a.hear(on);
    expect(sounds).toBe(1);
  });

  it('what somebody took up meanwhile does not sound', () => {
    const a = new Alarms();
    sounds = 0;
    a.raise('a', 1000);
    a.raise('b', 1000);
    a.raise('c', 1000);
    const updated = '1970-01-01T00:00:02.000Z';
    a.settle([incident('a', { state: 'acknowledged', audible: false, updated }), incident('b', { state: 'closed', audible: false, closed: updated }), incident('c', { state: 'acknowledged', audible: false, updated })]);
    a.hear(on);
    expect(sounds).toBe(0);
  });

  it('what rose after somebody took it up sounds again, also where the list is older', () => {
    const a = new Alarms();
    sounds = 0;
    a.raise('a', 1000);
    a.hear(on);
    const updated = '1970-01-01T00:00:02.000Z';
    expect(a.raise('a', 5000)).toBe(true);
    a.settle([incident('a', { state: 'acknowledged', audible: false, updated })]);
    a.settle([incident('a', { state: 'risen', updated: '1970-01-01T00:00:05.000Z' })]);
    a.hear(on);
    expect(sounds).toBe(2);
    a.raise('a', 9000);
    a.settle([incident('a', { state: 'acknowledged', audible: false, updated: '1970-01-01T00:00:10.000Z' })]);
    a.hear(on);
    expect(sounds).toBe(2);
  });

  it('a list that is older than the alarm takes nothing from it', () => {
    const a = new Alarms();
    sounds = 0;
    a.raise('a', 5000);
    a.raise('b', 5000);
    a.settle([incident('a', { state: 'closed', audible: false, closed: '1970-01-01T00:00:04.000Z' })]);
    expect(a.count).toBe(2);
  });
});
