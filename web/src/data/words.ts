/** Words and shapes for the server's enumerations. A value that is not here is shown as it came, never hidden. */
import type { EntryState, Incident, Severity } from '../api/types';

export const CLASSES = ['aircraft', 'helicopter', 'small_drone', 'large_drone', 'balloon', 'bird', 'unknown'];
export const IDENTITIES = ['pending', 'unknown', 'assumed_friend', 'friend', 'neutral', 'suspect', 'hostile'];
export const ENTRY_STATES: (EntryState | null)[] = [null, 'near', 'possible', 'likely', 'established'];

const WORDS: Record<string, string> = {
  small_drone: 'small drone', large_drone: 'large drone', unknown: 'unknown', assumed_friend: 'assumed friend',
  address: 'ICAO 24-bit address', category: 'emitter category', emergency: 'emergency',
  self_report: 'own transmission', sensor: 'sensor', icao_address: 'ICAO 24-bit address', flight_id: 'flight ID', mode_3a: 'Mode 3/A code', squawk: 'Mode 3/A code',
  ads_b: 'ADS-B', not_permitted: 'not permitted', permitted: 'permitted', undetermined: 'undetermined',
  identified: 'identified and permitted', left: 'left the area', not_observed: 'no longer observed', reported_down: 'reported down (source in the note)', no_object: 'no object (clutter, test)', other: 'other (see note)',
  shot_down: 'reported shot down', drone: 'a drone', not_a_drone: 'no drone', not_stated: 'not stated', object_itself: 'the object itself', brought_down: 'brought down', own_or_allied_ordnance: 'own or allied ordnance',
  airspace_entry: 'airspace entry', predicted_entry: 'predicted entry', emergency_code: 'emergency code', feed_silent: 'silent sensor', gnss_interference: 'interference with satellite navigation', false_identity: 'reports that do not fit',
  state: 'state airspace', fir: 'FIR', ctr: 'CTR', tma: 'TMA', adiz: 'ADIZ', uas_zone: 'UAS zone', udp: 'UDP', tcp: 'TCP', asterix: 'ASTERIX',
};

export const word = (key: string | null | undefined): string => (key ? (WORDS[key] ?? key.replaceAll('_', ' ')) : '—');
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const OUTCOMES = ['identified', 'left', 'not_observed', 'reported_down', 'no_object', 'other'] as const;

/** Shape before colour: filled diamond, open diamond, triangle, ring. */
export const ENTRY_SHAPE: Record<EntryState, string> = { established: 'diamond', likely: 'diamond-open', possible: 'triangle', near: 'ring' };
export const SEVERITY_SHAPE: Record<Severity, string> = { high: 'diamond', medium: 'triangle', low: 'square', information: 'ring' };
export const SEVERITY_WORD: Record<Severity, string> = { high: 'high', medium: 'medium', low: 'low', information: 'information' };

export const stateWord = (i: Incident): string =>
  i.state === 'open' ? 'Open' : i.state === 'acknowledged' ? 'Acknowledged' : i.state === 'risen' ? 'Acknowledged, risen since' : `Closed: ${word(i.outcome)}`;
/** Nobody has taken it up as it is now. */
export const waits = (i: Incident): boolean => i.state === 'open' || i.state === 'risen';
