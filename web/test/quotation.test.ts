import { describe, expect, it } from 'vitest';
import { pieces } from '../src/data/quotation';

describe('a quotation', () => {
  it('is marked by bytes, not by letters', () => {
    const from = new TextEncoder().encode('Chełm: “').length;
    const found = pieces('Chełm: “three” came', [[from, from + 5]]);
    expect(found).toEqual([
      { text: 'Chełm: “', marked: false },
      { text: 'three', marked: true },
      { text: '” came', marked: false },
    ]);
  });

  it('leaves out what does not fit', () => {
    expect(pieces('abc', [[2, 1], [0, 9]])).toEqual([{ text: 'abc', marked: false }]);
    expect(pieces('')).toEqual([]);
  });
});
