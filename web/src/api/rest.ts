/** REST calls. Every fault becomes a `Fault` whose text can be shown as it is. */
import type { Accepted, ClaimJson, Coverage, Entry, Feed, Gnss, Incident, Origin, Outcome, PublicClaim, Sensor, Status, TrackDetail, TrackSummary } from './types';

export class Fault extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Where a moment was asked for that is not kept. */
    readonly notKept = false,
  ) {
    super(message);
  }
}

const BASE = new URL('api/v1/', document.baseURI).href;
const TIMEOUT_MS = 8000;

async function call<T>(path: string, body?: unknown): Promise<T> {
  const stop = new AbortController();
  const timer = window.setTimeout(() => stop.abort(), TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method: body === undefined ? 'GET' : 'POST',
      signal: stop.signal,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new Fault(stop.signal.aborted ? 'the server did not answer within 8 s' : 'the server cannot be reached', 0);
  } finally {
    window.clearTimeout(timer);
  }
  const text = await response.text();
  let answer: unknown = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    throw new Fault(`the server's answer is not JSON (${response.status})`, response.status);
  }
  if (!response.ok) {
    const said = answer as { error?: unknown; kept?: unknown } | null;
    throw new Fault(typeof said?.error === 'string' ? said.error : `the server answered ${response.status}`, response.status, said?.kept !== undefined);
  }
  return answer as T;
}

const at = (asOf: string | null): string => (asOf ? `?as_of=${encodeURIComponent(asOf)}` : '');
const part = encodeURIComponent;

export const rest = {
  status: () => call<Status>('status'),
  track: (key: number | string, asOf: string | null) => call<TrackDetail>(`tracks/${part(String(key))}${at(asOf)}`),
  trail: (key: number | string, seconds: number, asOf: string | null) =>
    call<{ points: [number, number, number, number | null][] }>(`tracks/${part(String(key))}/trail?seconds=${seconds}${asOf ? `&as_of=${part(asOf)}` : ''}`),
  incidents: (asOf: string | null) => call<{ time: string; incidents: Incident[] }>(`incidents${at(asOf)}`),
  entries: (asOf: string | null) => call<{ time: string; entries: Entry[] }>(`entries${at(asOf)}`),
  claims: (asOf: string | null) => call<{ time: string; total: number; claims: PublicClaim[] }>(`claims${at(asOf)}`),
  claimsBeside: (incident: string, asOf: string | null) => call<{ claims: PublicClaim[] }>(`claims?incident=${part(incident)}${asOf ? `&as_of=${part(asOf)}` : ''}`),
  proposeClaims: (text: string, said: string, source: string, url: string) => call<{ proposals: { claim: ClaimJson; text: string }[] }>('claims/propose', { text, ...(said ? { said } : {}), source, url }),
  enterClaim: (operator: string, claim: ClaimJson, confirmed: boolean) => call<Accepted>('claims', { operator, confirmed, claim }),
  confirmClaim: (operator: string, number: number) => call<Accepted>(`claims/${number}/confirm`, { operator }),
  withdrawClaim: (operator: string, number: number, reason: string) => call<Accepted>(`claims/${number}/withdraw`, { operator, reason }),
  sensors: () => call<{ feeds: Feed[]; sensors: Sensor[] }>('sensors'),
  airspaces: (tolerance_m: number) => call<GeoJSON.FeatureCollection>(`airspaces?tolerance_m=${tolerance_m}`),
  origin: (track: string, asOf: string | null) => call<Origin>(`tracks/${part(track)}/origin${at(asOf)}`),
  coverage: (height_m: number, rcs_m2: number, bbox: [number, number, number, number], asOf: string | null) =>
    call<Coverage>(`coverage?height_m=${height_m}&rcs_m2=${rcs_m2}&cells=8000&bbox=${bbox.map((x) => x.toFixed(4)).join(',')}${asOf ? `&as_of=${part(asOf)}` : ''}`),
  /** An empty reality is the first that there is. */
  gnss: (reality: string, asOf: string | null) => call<Gnss>(`gnss?${[...(reality ? [`reality=${part(reality)}`] : []), ...(asOf ? [`as_of=${part(asOf)}`] : [])].join('&')}`),
  search: (text: string) => call<{ tracks: TrackSummary[]; incidents: Incident[] }>(`search?q=${part(text)}`),
  fileReport: (operator: string, report: unknown) => call<Accepted>('reports', { operator, report }),
  correctReport: (id: string, operator: string, reason: string, report: unknown) => call<Accepted>(`reports/${part(id)}/correct`, { operator, reason, report }),
  withdrawReport: (id: string, operator: string, reason: string) => call<Accepted>(`reports/${part(id)}/withdraw`, { operator, reason }),
  playback: (change: { paused?: boolean; speed?: number }) => call('playback', change),
  acknowledge: (id: string, operator: string) => call<Accepted>(`incidents/${part(id)}/acknowledge`, { operator }),
  close: (id: string, operator: string, outcome: Outcome, note: string) => call<Accepted>(`incidents/${part(id)}/close`, { operator, outcome, note }),
  note: (id: string, operator: string, text: string) => call<Accepted>(`incidents/${part(id)}/note`, { operator, text }),
  violation: (id: string, operator: string) => call<Accepted>(`incidents/${part(id)}/violation`, { operator }),
  identity: (id: string, operator: string, identity: string, reason: string) => call<Accepted>(`tracks/${part(id)}/identity`, { operator, identity, reason }),
};
