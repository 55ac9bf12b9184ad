/** Public statements of the mock: what is proposed of any text, and both ratings, as a server would answer them. */
const span = (text, words) => {
  const bytes = (part) => new TextEncoder().encode(part).length;
  return words.map((w) => { const at = text.indexOf(w); return [bytes(text.slice(0, at)), bytes(text.slice(0, at + w.length))]; });
};
const SENTENCES = [
  ['count-entered', 'According to the ministry, at least three drones crossed into Polish airspace before being brought down.', ['at least three drones crossed into Polish'], { kind: 'count', referent: 'objects_entered', least: 3, area: 'POL' }, 'at least 3 objects entered, POL'],
  ['cause-down', 'They were brought down by surface-to-air systems near Chełm.', ['brought down by surface-to-air'], { kind: 'cause', of: 'objects_down', cause: 'surface_to_air' }, 'what brought objects down: air defence from the ground'],
  ['cause-down', 'Officials said jets intercepted the drones.', ['jets intercepted'], { kind: 'cause', of: 'objects_down', cause: 'aircraft' }, 'what brought objects down: aircraft'],
  ['effect', 'No property damage was reported in Poland.', ['No property damage', 'Poland'], { kind: 'effect', effect: 'damage', happened: false, area: 'POL' }, 'no damage, POL'],
  ['precedent', 'It was the first time that shots were fired.', ['first time'], { kind: 'matter', matter: 'precedent' }, 'that it was the first of its kind'],
];
const NOW = [
  { verdict: 'supported', said: 'supported', probability: 0.9993, reasons: ['held: 4–6, most likely 5; what was not seen is not in it', 'more may have come unseen: what is held is a lower bound'], tracks: ['00000000000000d1', '00000000000000d2', '00000000000000d3'] },
  { verdict: 'conflicts_with', said: 'conflicts with claim 3', probability: null, conflicts: [3], reasons: ['no report tells of it, which is no evidence that it did not happen'] },
  { verdict: 'conflicts_with', said: 'conflicts with claim 2', probability: null, conflicts: [2], reasons: ['no report tells of it, which is no evidence that it did not happen'] },
  { verdict: 'contradicted', said: 'contradicted', probability: 0.03, reasons: ['report R4 tells of it, held true with 97 %', 'cause apart: report R4 states own or allied ordnance, with 60 %'], reports: [4] },
  { verdict: 'outside_evidence', said: 'outside this evidence', probability: null, reasons: ['whether it was the first of its kind is not observed here'] },
];
const UNDECIDABLE = { verdict: 'undecidable', said: 'undecidable', probability: 0.42, reasons: ['held: 1–2, most likely 1; what was not seen is not in it'] };

export class Claims {
  constructor() {
    this.all = [];
  }
  propose(b) {
    const source = { name: b.source ?? 'a paper', text_sha256: 'a5'.repeat(32) };
    const claim = ([rule, quotation, words, content]) => ({ who: rule === 'count-entered' ? 'the ministry' : '', said: [{ from: '2025-09-09T21:40:00.000Z', until: '2025-09-09T22:00:00.000Z', zone: 'CEST' }], source, quotation, quotation_at: 0, words: span(quotation, words), rule, content });
    return { proposals: SENTENCES.map((s) => ({ claim: claim(s), text: s[4] })) };
  }
  enter(b, time) {
    const n = SENTENCES.findIndex((s) => s[1] === b.claim.quotation);
    const number = this.all.length + 1;
    this.all.push({ n, number, at_ms: time, state: b.confirmed ? 'confirmed' : 'proposed', claim: b.claim, history: [{ time: new Date(time).toISOString(), by: b.operator, text: b.confirmed ? 'confirmed' : 'entered, waits to be confirmed' }] });
  }
  change(key, what, b, time) {
    const one = this.all.find((c) => String(c.number) === key);
    if (!one) return false;
    one.state = what === 'confirm' ? 'confirmed' : 'withdrawn';
    one.history.push({ time: new Date(time).toISOString(), by: b.operator, text: what === 'confirm' ? 'confirmed' : `withdrawn: ${b.reason}` });
    return true;
  }
  list(ms, beside) {
    const empty = { conflicts: [], tracks: [], reports: [], reasons: [], parts: [] };
    const known = this.all.filter((c) => c.at_ms <= ms && (!beside || c.state === 'confirmed'));
    const claims = known.map((c) => {
      const counts = c.state === 'confirmed';
      const rating = (r, t) => (counts ? { ...empty, as_of: t, ...r } : null);
      const said = '2025-09-09T22:00:00.000Z';
      const then = c.n === 0 ? UNDECIDABLE : NOW[Math.max(0, c.n)];
      return { id: `${'c'.repeat(15)}${c.number % 10}`, number: c.number, state: c.state, claim: c.claim, content: c.claim.content, text: SENTENCES[Math.max(0, c.n)][4], said_until: said, history: c.history, then: rating(then, said), then_why: null, now: rating(NOW[Math.max(0, c.n)], new Date(ms).toISOString()) };
    });
    return { time: new Date(ms).toISOString(), total: claims.length, claims: claims.reverse() };
  }
}
