/** The state of the page. Everything shown comes from the server; this file only routes it. */
import { tick } from 'svelte';
import { Fault, rest } from '../api/rest';
import type { Frame } from '../api/frame';
import type { AreaCount, Entry, Feed, Incident, PublicClaim, Report, Sensor, ServerMessage, Status, TrackDetail, TrackGroup } from '../api/types';
import type { MapView } from '../map/view';
import type { ThemeName } from '../map/theme';
import { Alarms, Tone } from './alarm';
import { PictureClock } from './clock';
import { CoverageLayer } from './coverage.svelte';
import { GnssLayer } from './gnss.svelte';
import { OriginLayer } from './origin.svelte';
import { Desk } from './desk.svelte';
import { Live } from './live';
import { loadSettings, saveSettings, type Settings } from './settings';
import { TrackStore } from './store';
import { Timeline } from './timeline.svelte';

export type Tab = 'incidents' | 'entries' | 'claims' | 'counts' | 'reports' | 'sensors';
export type PhonePage = 'list' | 'map' | 'detail';

const ENTRIES_EVERY_MS = 3000;
const CLAIMS_EVERY_MS = 5000;
const DETAIL_EVERY_MS = 2000;
const PRESENT_EVERY_MS = 2500;
const TRAIL_SECONDS = 5400;
/** A leap forward by more than this leaves no trail behind. */
const TRAIL_GAP_MS = 900_000;

/** Tracks that an incident about an entry is open for; who states an emergency where it may be has entered nothing. */
const OF_ENTRY = ['airspace_entry', 'predicted_entry'];
const entering = (incidents: Incident[]): Set<number> => new Set(incidents.filter((i) => i.state !== 'closed' && OF_ENTRY.includes(i.rule)).flatMap((i) => i.subjects.flatMap((s) => (s.number === null ? [] : [s.number]))));
const contradicted = (incidents: Incident[]): Set<number> => new Set(incidents.flatMap((i) => i.entries.flatMap((e) => (e.contradicted && e.number !== null ? [e.number] : []))));

export class App {
  readonly store = new TrackStore();
  readonly clock = new PictureClock();
  readonly settings: Settings = $state(loadSettings());
  readonly desk = new Desk(this);
  readonly time = new Timeline(this);
  readonly coverage = new CoverageLayer(this);
  readonly gnss = new GnssLayer(this);
  readonly origin = new OriginLayer(this);
  private readonly alarms = new Alarms();
  private readonly tone = new Tone();

  connection: 'connecting' | 'open' | 'lost' = $state('connecting');
  status: Status | null = $state.raw(null);
  incidents: Incident[] | null = $state.raw(null);
  feeds: Feed[] = $state.raw([]);
  sensors: Sensor[] | null = $state.raw(null);
  entries: Entry[] | null = $state.raw(null);
  claims: PublicClaim[] | null = $state.raw(null);
  reports: Report[] | null = $state.raw(null);
  counts: AreaCount[] | null = $state.raw(null);
  groups: TrackGroup[] | null = $state.raw(null);
  /** Counts frames; what reads the track store reads this to be run again. */
  beat = $state(0);
  trackCount = $state(0);
  thinned = $state(false);
  /** Picture time, once a second or so. */
  pictureMs = $state(0);
  wallMs = $state(Date.now());
  lastFrameWall = $state(0);

  tab: Tab = $state('incidents');
  phonePage: PhonePage = $state('list');
  selected: number[] = $state.raw([]);
  hovered: number | null = $state(null);
  multi = $state(false);
  openIncident: string | null = $state(null);
  /** The group that was asked for; its row is open. */
  openGroup: number | null = $state(null);
  detail: TrackDetail | null = $state.raw(null);
  detailFault: string | null = $state(null);
  pointer: [number, number] | null = $state.raw(null);
  announce = $state('');
  armed = $state(false);
  helpOpen = $state(false);
  settingsOpen = $state(false);
  momentOpen = $state(false);
  claimsOpen = $state(false);
  webglMissing = $state(false);
  airspaceFault: string | null = $state(null);

  view: MapView | null = null;
  /** The map shows all of the world that it can. */
  get wholeView(): boolean {
    void this.beat;
    return this.bbox[2] - this.bbox[0] >= 359;
  }
  /** Main-thread time that the last frame took, ms; for the bench. */
  updateMs = 0;
  private readonly live: Live;
  private bbox: [number, number, number, number] = [-180, -85, 180, 85];
  private zoom = 4;
  private viewTimer = 0;
  private detailAsked = 0;
  private entriesAsked = 0;
  private claimsAsked = 0;
  /** Between asking for another moment and its first frame nothing that arrives is smoothed. */
  private jump = true;

  constructor() {
    const url = new URL('api/v1/live', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.live = new Live(url.href, {
      frame: (frame) => this.takeFrame(frame),
      message: (message) => this.takeMessage(message),
      connection: (state) => this.takeConnection(state),
      fault: (text) => this.desk.toast('error', text),
    });
  }

  start(): void {
    this.live.connect();
    window.setInterval(() => {
      this.wallMs = Date.now();
      this.pictureMs = this.clock.now(performance.now());
    }, 500);
    window.setInterval(() => void this.refreshDetail(), DETAIL_EVERY_MS);
    window.setInterval(() => this.tab === 'entries' && void this.refreshEntries(), ENTRIES_EVERY_MS);
    window.setInterval(() => this.tab === 'claims' && void this.refreshClaims(), CLAIMS_EVERY_MS);
    window.setInterval(() => this.time.past && void this.refreshPresent(), PRESENT_EVERY_MS);
  }

  // ---- what arrives ----

  private takeConnection(state: 'connecting' | 'open' | 'lost'): void {
    if (state === 'lost' && this.connection === 'open') this.announce = 'Connection to the server lost. The picture stands still.';
    if (state === 'connecting' && this.connection === 'lost') return;
    this.connection = state;
    if (state === 'open') this.jump = true;
  }

  private takeFrame(frame: Frame): void {
    // A frame of the present that was on its way when the past was asked for, or the other way round.
    if (frame.past !== this.time.past) return;
    const wall = performance.now();
    const before = this.clock.now(wall);
    const jumped = this.jump || Math.abs(frame.timeMs - before) > 6000 * Math.max(1, this.clock.running);
    this.store.apply(frame, before, wall, !jumped);
    this.clock.set(frame.timeMs, wall);
    this.clock.setPace(this.time.pace, wall);
    if (this.jump || frame.timeMs < before - 2000 || frame.timeMs - before > TRAIL_GAP_MS) this.view?.layer.trails?.reset(0.5, 0.5, 0);
    this.jump = false;
    this.lastFrameWall = Date.now();
    this.trackCount = this.store.live;
    this.thinned = frame.thinned;
    if (Math.abs(frame.timeMs - this.pictureMs) > 400) this.pictureMs = frame.timeMs;
    this.view?.update();
    this.fetchTrails();
    this.beat++;
    this.updateMs = performance.now() - wall;
    this.time.framed(frame.timeMs);
  }

  private takeMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'status':
        this.status = message;
        if (!this.time.past) this.clock.setPace(this.time.pace, performance.now());
        break;
      case 'tracks':
        this.store.describe(message.tracks);
        break;
      case 'incidents':
        // While the past is shown the texts are of the past; what is open now comes by itself (refreshPresent).
        if (this.time.past) this.time.take(message.incidents);
        else this.setIncidents(message.incidents);
        break;
      case 'sensors':
        this.feeds = message.feeds;
        this.sensors = message.sensors;
        break;
      case 'reports':
        this.reports = message.reports;
        break;
      case 'counts':
        this.counts = message.counts;
        this.groups = message.groups;
        break;
      case 'alarm':
        this.takeAlarm(message.incident, Date.parse(message.since));
        break;
      case 'fault':
        if (this.time.past) this.time.fault = message.error;
        break;
    }
  }

  private setIncidents(incidents: Incident[]): void {
    this.incidents = incidents;
    this.alarms.settle(incidents);
    this.hearAlarms();
    this.markIncidents();
  }
  /** The map marks the tracks of the incidents that are shown. */
  markIncidents(): void {
    const incidents = this.shownIncidents ?? this.incidents ?? [];
    this.store.inIncident = entering(incidents);
    this.store.contradicted = contradicted(incidents);
  }

  /** What is open now stays in sight while the past is looked at. */
  private async refreshPresent(): Promise<void> {
    try {
      const { incidents } = await rest.incidents(null);
      this.setIncidents(incidents);
    } catch {
      // The connection notice says it already.
    }
  }

  private takeAlarm(id: string, since_ms: number): void {
    if (!this.alarms.raise(id, since_ms)) return;
    const incident = this.incidents?.find((i) => i.id === id);
    this.announce = `Alarm: ${incident?.title ?? 'new incident'}`;
    this.hearAlarms();
  }

  /** Sounds once for what waits, if sound is on here. */
  private hearAlarms(): void {
    if (!this.settings.muted) this.alarms.hear(() => this.tone.sound());
  }

  // ---- time ----

  get zone(): string {
    return this.status?.time_zone ?? 'UTC';
  }

  /** Asks for a moment of the past; what arrives from now on is not smoothed over the leap. */
  lookAtPast(time: string, speed: number, paused: boolean): void {
    this.jump = true;
    this.live.lookAt(time, speed, paused);
  }

  lookAtPresent(): void {
    this.jump = true;
    this.live.returnToLive();
    this.gnss.moved();
    void this.refreshPresent();
    void this.refreshDetail(true);
    if (this.tab === 'entries') void this.refreshEntries();
    if (this.tab === 'claims') void this.refreshClaims();
  }

  // ---- what is shown ----

  get shownIncidents(): Incident[] | null {
    return this.time.past ? this.time.incidents : this.incidents;
  }
  incident(id: string | null): Incident | undefined {
    return id === null ? undefined : this.shownIncidents?.find((i) => i.id === id);
  }
  get stale(): boolean {
    return this.lastFrameWall > 0 && this.wallMs - this.lastFrameWall > 3000 && !(this.time.past ? this.time.pastPaused || this.time.fault !== null : this.status?.paused || this.status?.finished);
  }

  setTab(tab: Tab): void {
    this.tab = tab;
    if (tab === 'entries') void this.refreshEntries();
    if (tab === 'claims') void this.refreshClaims();
  }

  select(number: number | null, add = false): void {
    if (number === null) {
      if (!add && !this.multi) this.clear();
      return;
    }
    const has = this.selected.includes(number);
    if (add || this.multi) this.selected = has ? this.selected.filter((n) => n !== number) : [...this.selected, number];
    else this.selected = [number];
    this.openIncident = null;
    this.afterSelect();
  }

  clear(): void {
    this.gnss.chosen = null;
    this.selected = [];
    this.openIncident = null;
    this.phonePage = this.phonePage === 'detail' ? 'list' : this.phonePage;
    this.afterSelect();
  }

  showIncident(id: string, fly = true): void {
    const incident = this.incident(id);
    this.openIncident = id;
    this.selected = incident?.subjects.flatMap((s) => (s.number === null ? [] : [s.number])) ?? [];
    this.afterSelect();
    this.phonePage = 'detail';
    if (fly && incident) {
      const points = incident.subjects.flatMap((s) => (s.lon_deg === null || s.lat_deg === null ? [] : [[s.lon_deg, s.lat_deg] as [number, number]]));
      // The middle of an interference is no place to look at closely.
      const wide = incident.subjects.every((s) => s.kind === 'interference');
      // The panel takes room from the map first.
      void tick().then(() => (wide && points[0] ? this.view?.show(points[0], 5.5) : this.view?.showAll(points)));
    }
  }

  /** Opens a group's row in the list of counts. */
  showGroup(number: number): void {
    // Where there is no room for three columns what is open lies over the list (Page.svelte).
    if (matchMedia('(min-width: 761px) and (max-width: 1100px)').matches) this.clear();
    this.openGroup = number;
    this.setTab('counts');
    this.phonePage = 'list';
    void tick().then(() => {
      const row = document.querySelector<HTMLDetailsElement>(`[data-group="${number}"]`);
      if (!row) return;
      row.open = true;
      row.scrollIntoView({ block: 'nearest' });
      row.querySelector('summary')?.focus();
    });
  }

  showTrack(number: number, fly = true): void {
    this.select(number);
    this.phonePage = 'detail';
    if (fly) this.flyTo(number);
  }

  flyTo(number: number): void {
    const slot = this.store.slotOf.get(number);
    if (slot !== undefined) void tick().then(() => this.view?.show(this.view.layer.lonLat(slot), 7.5));
  }

  private afterSelect(): void {
    this.origin.leave(this.shownTrack, this.openIncident);
    if (this.view) {
      this.view.layer.options.selected = new Set(this.selected);
      this.view.layer.rebuild();
    }
    this.detail = null;
    this.detailFault = null;
    this.sendView();
    void this.refreshDetail(true);
    this.fetchTrails();
  }

  /** The track whose panel is open: the one selected last. */
  get shownTrack(): number | null {
    return this.openIncident === null ? (this.selected.at(-1) ?? null) : null;
  }

  hover(number: number | null): void {
    if (number === this.hovered) return;
    this.hovered = number;
    if (!this.view) return;
    this.view.layer.options.hovered = number;
    this.view.layer.rebuild();
    this.view.map.getCanvas().style.cursor = number === null ? '' : 'pointer';
  }

  async refreshDetail(now = false): Promise<void> {
    const number = this.shownTrack;
    if (number === null || (this.connection === 'lost' && !now) || (this.time.past && this.time.pastPaused && !now)) return;
    const ticket = ++this.detailAsked;
    try {
      const detail = await rest.track(this.store.statics.get(number)?.id ?? number, this.time.asOf);
      if (ticket === this.detailAsked && this.shownTrack === number) {
        this.detail = detail;
        this.detailFault = null;
      }
    } catch (fault) {
      if (ticket === this.detailAsked && this.shownTrack === number) this.detailFault = fault instanceof Fault && fault.status === 404 && !fault.notKept ? 'The track is not held at this time.' : String(fault instanceof Error ? fault.message : fault);
    }
  }

  async refreshEntries(): Promise<void> {
    const ticket = ++this.entriesAsked;
    try {
      const { entries } = await rest.entries(this.time.asOf);
      if (ticket === this.entriesAsked) this.entries = entries;
    } catch (fault) {
      if (this.entries === null) this.desk.fail('the entries cannot be read', fault);
    }
  }

  async refreshClaims(): Promise<void> {
    const ticket = ++this.claimsAsked;
    try {
      const { claims } = await rest.claims(this.time.asOf);
      if (ticket === this.claimsAsked) this.claims = claims;
    } catch (fault) {
      if (this.claims === null) this.desk.fail('the claims cannot be read', fault);
    }
  }

  private fetchTrails(): void {
    const trails = this.view?.layer.trails;
    if (!trails || trails.epochMs === 0) return;
    const wanted = new Set(this.selected.slice(-40));
    for (const slot of this.view!.layer.loud.slice(-60)) if (this.store.entryOf(slot) >= 2) wanted.add(this.store.number[slot]!);
    for (const number of wanted) {
      if (trails.hasFetched(number) || !this.store.slotOf.has(number)) continue;
      trails.setFetched(number, []);
      const epoch = trails.epochMs;
      rest.trail(this.store.statics.get(number)?.id ?? number, TRAIL_SECONDS, this.time.asOf).then(
        ({ points }) => {
          if (this.view?.layer.trails?.epochMs === epoch) {
            trails.setFetched(number, points);
            this.view.layer.rebuild();
          }
        },
        () => undefined,
      );
    }
  }

  mapMoved(bbox: [number, number, number, number], zoom: number): void {
    this.bbox = bbox;
    this.coverage.moved(bbox);
    this.zoom = zoom;
    window.clearTimeout(this.viewTimer);
    this.viewTimer = window.setTimeout(() => this.sendView(), 120);
  }

  sendView(): void {
    this.live.setView({ type: 'view', bbox: this.bbox, zoom: this.zoom, selected: this.selected.slice(-100) });
  }

  async loadAirspaces(): Promise<void> {
    try {
      this.view?.setAirspaces(await rest.airspaces(400));
      this.airspaceFault = null;
    } catch (fault) {
      this.airspaceFault = fault instanceof Error ? fault.message : String(fault);
      window.setTimeout(() => void this.loadAirspaces(), 5000);
    }
  }

  // ---- what the operator does ----

  change<K extends keyof Settings>(key: K, value: Settings[K]): void {
    this.settings[key] = value;
    saveSettings($state.snapshot(this.settings) as Settings);
    const layer = this.view?.layer;
    if (key === 'theme') {
      document.documentElement.dataset.theme = value as ThemeName;
      this.view?.setTheme(value as ThemeName);
    } else if (layer) {
      layer.options.vector_s = this.settings.vector_s;
      layer.options.allTrails = this.settings.allTrails;
      layer.options.labels = this.settings.labels;
      layer.rebuild();
    }
    if (key === 'muted') this.hearAlarms();
  }

  async toggleSound(): Promise<void> {
    if (this.armed) {
      await this.tone.disarm();
      this.armed = false;
      return;
    }
    this.armed = await this.tone.arm();
    if (!this.armed) {
      this.desk.toast('error', 'This browser does not allow sound here');
      return;
    }
    // What waits is heard now; where nothing does, the same tones show that sound works.
    if (this.alarms.count > 0 && !this.settings.muted) this.hearAlarms();
    else this.tone.sound();
  }
}
