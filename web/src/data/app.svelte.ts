/** The state of the page. Everything shown comes from the server; this file only routes it. */
import { tick } from 'svelte';
import { Fault, rest } from '../api/rest';
import type { Frame } from '../api/frame';
import type { Entry, Incident, Outcome, Sensor, ServerMessage, Status, TrackDetail } from '../api/types';
import type { MapView } from '../map/view';
import type { ThemeName } from '../map/theme';
import { Alarm } from './alarm';
import { PictureClock } from './clock';
import { Live } from './live';
import { loadSettings, saveSettings, type Settings } from './settings';
import { TrackStore } from './store';

export type Tab = 'incidents' | 'entries' | 'sensors';
export type PhonePage = 'list' | 'map' | 'detail';
export interface Toast {
  id: number;
  kind: 'error' | 'good' | 'note';
  text: string;
}
export interface Notice {
  kind: 'lost' | 'stale' | 'past' | 'finished' | 'paused' | 'journal';
  text: string;
}
type Asked = { incident: Incident; what: 'acknowledge' | 'close' | 'note' | 'violation'; outcome?: Outcome; text?: string } | { track: TrackDetail; identity: string; reason: string };

const ENTRIES_EVERY_MS = 3000;
const DETAIL_EVERY_MS = 2000;
const PRESENT_EVERY_MS = 2500;
const TRAIL_SECONDS = 5400;
/** A leap forward by more than this leaves no trail behind. */
const TRAIL_GAP_MS = 900_000;
/** How near the live edge playback of the past goes over into live. */
const EDGE_MS = 1500;

const subjectsOf = (incidents: Incident[]): Set<number> => new Set(incidents.filter((i) => i.state !== 'closed').flatMap((i) => i.subjects.flatMap((s) => (s.number === null ? [] : [s.number]))));

export class App {
  readonly store = new TrackStore();
  readonly clock = new PictureClock();
  readonly alarm = new Alarm();
  readonly settings: Settings = $state(loadSettings());

  connection: 'connecting' | 'open' | 'lost' = $state('connecting');
  status: Status | null = $state.raw(null);
  incidents: Incident[] | null = $state.raw(null);
  pastIncidents: Incident[] | null = $state.raw(null);
  sensors: Sensor[] | null = $state.raw(null);
  entries: Entry[] | null = $state.raw(null);
  /** Counts frames; what reads the track store reads this to be run again. */
  beat = $state(0);
  trackCount = $state(0);
  thinned = $state(false);
  /** Picture time, once a second or so. */
  pictureMs = $state(0);
  wallMs = $state(Date.now());
  lastFrameWall = $state(0);

  past = $state(false);
  pastPaused = $state(true);
  pastSpeed = $state(1);
  /** Where the handle of the time bar is while it is dragged. */
  scrubMs: number | null = $state(null);

  tab: Tab = $state('incidents');
  phonePage: PhonePage = $state('list');
  selected: number[] = $state.raw([]);
  hovered: number | null = $state(null);
  multi = $state(false);
  openIncident: string | null = $state(null);
  detail: TrackDetail | null = $state.raw(null);
  detailFault: string | null = $state(null);
  pointer: [number, number] | null = $state.raw(null);
  toasts: Toast[] = $state([]);
  announce = $state('');
  alarmIncident: string | null = $state(null);
  armed = $state(false);
  helpOpen = $state(false);
  settingsOpen = $state(false);
  askOperator: Asked | null = $state.raw(null);
  webglMissing = $state(false);
  airspaceFault: string | null = $state(null);

  view: MapView | null = null;
  /** Main-thread time that the last frame took, ms; for the bench. */
  updateMs = 0;
  private readonly live: Live;
  private bbox: [number, number, number, number] = [-180, -85, 180, 85];
  private zoom = 4;
  private viewTimer = 0;
  private scrubTimer = 0;
  private pastTimer = 0;
  private detailAsked = 0;
  private entriesAsked = 0;
  private toastId = 0;
  private seek: { time: string; speed: number; paused: boolean } | null = null;
  /** Between asking for another moment and its first frame nothing that arrives is smoothed. */
  private jump = true;

  constructor() {
    const url = new URL('api/v1/live', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.live = new Live(url.href, {
      frame: (frame) => this.takeFrame(frame),
      message: (message) => this.takeMessage(message),
      connection: (state) => this.takeConnection(state),
      fault: (text) => this.toast('error', text),
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
    window.setInterval(() => this.past && void this.refreshPresent(), PRESENT_EVERY_MS);
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
    if (frame.past !== this.past) return;
    const wall = performance.now();
    const before = this.clock.now(wall);
    const jumped = this.jump || Math.abs(frame.timeMs - before) > 6000 * Math.max(1, this.clock.running);
    this.store.apply(frame, before, wall, !jumped);
    this.clock.set(frame.timeMs, wall);
    this.clock.setPace(this.pace, wall);
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
    if (this.past && !this.pastPaused && this.historyUntil - frame.timeMs < EDGE_MS * Math.max(1, this.pastSpeed)) this.returnToLive();
  }

  private takeMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'status':
        this.status = message;
        if (!this.past) this.clock.setPace(this.pace, performance.now());
        break;
      case 'tracks':
        this.store.describe(message.tracks);
        break;
      case 'incidents':
        // While the past is shown the texts are of the past; what is open now comes by itself (refreshPresent).
        if (this.past) this.setPastIncidents(message.incidents);
        else this.setIncidents(message.incidents);
        break;
      case 'sensors':
        this.sensors = message.sensors;
        break;
      case 'alarm':
        this.takeAlarm(message.incident);
        break;
    }
  }

  private setIncidents(incidents: Incident[]): void {
    this.incidents = incidents;
    if (!this.past) this.store.inIncident = subjectsOf(incidents);
  }
  private setPastIncidents(incidents: Incident[] | null): void {
    this.pastIncidents = incidents;
    this.store.inIncident = subjectsOf(incidents ?? this.incidents ?? []);
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

  private takeAlarm(id: string): void {
    this.alarmIncident = id;
    const incident = this.incidents?.find((i) => i.id === id);
    this.announce = `Alarm: ${incident?.title ?? 'new incident'}`;
    if (!this.settings.muted) this.alarm.sound(id);
  }

  // ---- time ----

  get zone(): string {
    return this.status?.time_zone ?? 'UTC';
  }

  /** Whether time goes on, on the screen. */
  get running(): boolean {
    return this.past ? !this.pastPaused : this.status !== null && !this.status.paused && !this.status.finished;
  }

  /** Seconds of picture time a wall second, of what is on the screen; 0 also flat out, where nothing can be foretold. */
  get pace(): number {
    if (!this.running || !this.status) return 0;
    return this.past ? this.pastSpeed : (this.status.speed ?? (this.status.mode === 'watch' ? 1 : 0));
  }

  get historyFrom(): number {
    return this.status?.history ? Date.parse(this.status.history.from) : 0;
  }
  get historyUntil(): number {
    return this.status?.history ? Date.parse(this.status.history.until) : 0;
  }
  get asOf(): string | null {
    return this.past ? new Date(this.pictureMs || this.historyUntil).toISOString() : null;
  }

  /** Looks at the past; the requests that a dragged handle makes are thinned. */
  lookAt(ms: number, paused = this.past ? this.pastPaused : true): void {
    const until = this.historyUntil;
    const from = this.historyFrom;
    if (!until) return;
    const at = Math.min(until, Math.max(from, ms));
    this.past = true;
    this.pastPaused = paused;
    this.pictureMs = at;
    this.seek = { time: new Date(at).toISOString(), speed: this.pastSpeed, paused };
    if (this.scrubTimer) return;
    this.sendSeek();
    this.scrubTimer = window.setTimeout(() => {
      this.scrubTimer = 0;
      this.sendSeek();
    }, 180);
  }

  private sendSeek(): void {
    if (!this.seek) return;
    this.jump = true;
    this.live.lookAt(this.seek.time, this.seek.speed, this.seek.paused);
    this.seek = null;
    this.refreshPast();
  }

  private refreshPast(): void {
    if (this.pastTimer) return;
    const run = async (): Promise<void> => {
      if (!this.past) return;
      const asOf = this.asOf;
      try {
        const { incidents } = await rest.incidents(asOf);
        if (this.past) this.setPastIncidents(incidents);
      } catch (fault) {
        this.fail('the incidents of that time cannot be shown', fault);
      }
      void this.refreshDetail(true);
      if (this.tab === 'entries') void this.refreshEntries();
    };
    this.pastTimer = window.setTimeout(() => {
      this.pastTimer = 0;
      void run().then(() => {
        if (this.past && !this.pastPaused) this.refreshPast();
      });
    }, this.pastIncidents === null ? 60 : 700);
  }

  returnToLive(): void {
    if (!this.past) return;
    window.clearTimeout(this.scrubTimer);
    this.scrubTimer = 0;
    this.seek = null;
    this.past = false;
    this.setPastIncidents(null);
    this.scrubMs = null;
    this.jump = true;
    this.live.returnToLive();
    void this.refreshPresent();
    void this.refreshDetail(true);
    if (this.tab === 'entries') void this.refreshEntries();
  }

  async setPaused(paused: boolean): Promise<void> {
    if (this.past) {
      this.pastPaused = paused;
      this.lookAt(this.clock.now(performance.now()), paused);
      return;
    }
    if (this.status?.mode === 'watch') {
      // The present cannot be held; a look at the moment can.
      if (paused) this.lookAt(this.historyUntil, true);
      return;
    }
    await this.doing(() => rest.playback({ paused }));
  }

  async setSpeed(speed: number): Promise<void> {
    if (this.past) {
      this.pastSpeed = speed;
      this.lookAt(this.clock.now(performance.now()), this.pastPaused);
      return;
    }
    if (this.status?.mode !== 'watch') await this.doing(() => rest.playback({ speed }));
  }

  // ---- what is shown ----

  get shownIncidents(): Incident[] | null {
    return this.past ? this.pastIncidents : this.incidents;
  }
  incident(id: string | null): Incident | undefined {
    return id === null ? undefined : this.shownIncidents?.find((i) => i.id === id);
  }
  get stale(): boolean {
    return this.lastFrameWall > 0 && this.wallMs - this.lastFrameWall > 3000 && !(this.past ? this.pastPaused : this.status?.paused || this.status?.finished);
  }

  setTab(tab: Tab): void {
    this.tab = tab;
    if (tab === 'entries') void this.refreshEntries();
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
      // The panel takes room from the map first.
      void tick().then(() => this.view?.showAll(points));
    }
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
    if (number === null || (this.connection === 'lost' && !now) || (this.past && this.pastPaused && !now)) return;
    const ticket = ++this.detailAsked;
    try {
      const detail = await rest.track(this.store.statics.get(number)?.id ?? number, this.asOf);
      if (ticket === this.detailAsked && this.shownTrack === number) {
        this.detail = detail;
        this.detailFault = null;
      }
    } catch (fault) {
      if (ticket === this.detailAsked && this.shownTrack === number) this.detailFault = fault instanceof Fault && fault.status === 404 ? 'The track is not held at this time.' : String(fault instanceof Error ? fault.message : fault);
    }
  }

  async refreshEntries(): Promise<void> {
    const ticket = ++this.entriesAsked;
    try {
      const { entries } = await rest.entries(this.asOf);
      if (ticket === this.entriesAsked) this.entries = entries;
    } catch (fault) {
      if (this.entries === null) this.fail('the entries cannot be read', fault);
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
      rest.trail(this.store.statics.get(number)?.id ?? number, TRAIL_SECONDS, this.asOf).then(
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
    this.zoom = zoom;
    window.clearTimeout(this.viewTimer);
    this.viewTimer = window.setTimeout(() => this.sendView(), 120);
  }

  sendView(): void {
    this.live.setView({ type: 'view', bbox: this.bbox, zoom: this.zoom, selected: this.selected.slice(-100), tentative: this.settings.tentative });
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

  toast(kind: Toast['kind'], text: string): void {
    if (this.toasts.some((t) => t.text === text)) return;
    const id = ++this.toastId;
    this.toasts.push({ id, kind, text });
    window.setTimeout(() => this.dismiss(id), kind === 'error' ? 9000 : 4000);
  }
  dismiss(id: number): void {
    this.toasts = this.toasts.filter((t) => t.id !== id);
  }
  private fail(what: string, fault: unknown): void {
    this.toast('error', `${what}: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
  private async doing(run: () => Promise<unknown>, good?: string): Promise<boolean> {
    try {
      await run();
      if (good) this.toast('good', good);
      return true;
    } catch (fault) {
      this.fail('not done', fault);
      return false;
    }
  }

  /** Does what an operator asked for, after asking for the name if it is not known yet. */
  async act(asked: Asked): Promise<boolean> {
    const operator = this.settings.operator.trim();
    if (!operator) {
      this.askOperator = asked;
      return false;
    }
    if ('track' in asked) {
      const done = await this.doing(() => rest.identity(asked.track.id, operator, asked.identity, asked.reason), 'Standard identity recorded');
      if (done) void this.refreshDetail(true);
      return done;
    }
    const id = asked.incident.id;
    switch (asked.what) {
      case 'acknowledge':
        return this.doing(() => rest.acknowledge(id, operator), 'Acknowledged');
      case 'close':
        return this.doing(() => rest.close(id, operator, asked.outcome ?? 'other', asked.text ?? ''), 'Closed');
      case 'note':
        return this.doing(() => rest.note(id, operator, asked.text ?? ''), 'Note added');
      case 'violation':
        return this.doing(() => rest.violation(id, operator), 'Recorded in your name');
    }
  }

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
    if (key === 'tentative') this.sendView();
  }

  async toggleSound(): Promise<void> {
    if (this.armed) {
      this.alarm.disarm();
      this.armed = false;
      return;
    }
    this.armed = await this.alarm.arm();
    if (this.armed) this.alarm.sound('test', true);
    else this.toast('error', 'This browser does not allow sound here');
  }
}
