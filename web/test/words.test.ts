import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../src/api/types';
import { sentence, stateWord, waits, word } from '../src/data/words';

const NEVER = /\b(threats?|attack(s|ed|ing)?|intent(ion)?|raids?|all clear|no drones|launched from|neutralised|neutralized|jammer at)\b/i;
const walk = (dir: string): string[] => readdirSync(dir).flatMap((name) => (statSync(join(dir, name)).isDirectory() ? walk(join(dir, name)) : [join(dir, name)]));

describe('words', () => {
  it('unknown values are shown as they came', () => {
    expect(word('small_drone')).toBe('small drone');
    expect(word('something_new')).toBe('something new');
    expect(word(null)).toBe('—');
    expect(sentence('near')).toBe('Near');
  });
  it('what rose after it was acknowledged says so and waits', () => {
    const of = (state: Incident['state']): Incident => ({ state, outcome: null }) as Incident;
    expect(stateWord(of('risen'))).toBe('Acknowledged, risen since');
    expect((['open', 'acknowledged', 'risen', 'closed'] as const).filter((state) => waits(of(state)))).toEqual(['open', 'risen']);
  });
  it('the page never says what the machine may not say', () => {
    for (const file of walk(fileURLToPath(new URL('../src', import.meta.url)))) {
      const found = NEVER.exec(readFileSync(file, 'utf8'));
      expect(found ? `${file}: ${found[0]}` : null).toBeNull();
    }
  });
});
