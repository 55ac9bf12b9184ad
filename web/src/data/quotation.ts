/** A quotation in pieces, those that a content rests on marked. Offsets are bytes of UTF-8, as the server counts. */
export interface Piece {
  text: string;
  marked: boolean;
}

export function pieces(quotation: string, words: [number, number][] = []): Piece[] {
  const bytes = new TextEncoder().encode(quotation);
  const text = (from: number, to: number): string => new TextDecoder().decode(bytes.slice(from, to));
  const all: Piece[] = [];
  let at = 0;
  for (const [from, to] of words) {
    if (from < at || to <= from || to > bytes.length) continue;
    if (from > at) all.push({ text: text(at, from), marked: false });
    all.push({ text: text(from, to), marked: true });
    at = to;
  }
  if (at < bytes.length) all.push({ text: text(at, bytes.length), marked: false });
  return all;
}
