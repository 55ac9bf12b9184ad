/** The track layer: one buffer of all tracks, drawn as ellipses, vectors, symbols and labels by four small programs. */
import type { CustomLayerInterface, Map as MapLibreMap } from 'maplibre-gl';
import { BLEND_RATE, Rank, latOf, lonOf, type TrackStore } from '../data/store';
import type { PictureClock } from '../data/clock';
import { LABELS_MAX, LabelAtlas, type LabelWish, type PlacedLabel } from './labels';
import { ELLIPSE_FRAGMENT, ELLIPSE_VERTEX, LABEL_FRAGMENT, LABEL_VERTEX, POINT_FRAGMENT, POINT_VERTEX, Uniforms, VECTOR_FRAGMENT, VECTOR_VERTEX, program } from './shaders';
import { SymbolAtlas } from './symbols';
import { THEMES, type MapTheme, type Rgba, type ThemeName } from './theme';
import { Trails } from './trails';

const STRIDE = 40;
const LABEL_STRIDE = STRIDE + 32;
const METRE = 1 / (2 * Math.PI * 6_378_137);
/** Quiet traffic: dots below the first zoom, arrowheads below the second, full symbols above. */
export const ARROW_ZOOM = 6.6;
export const SYMBOL_ZOOM = 9.4;
export const QUIET_LABEL_ZOOM = 8.6;

export interface LayerOptions {
  theme: ThemeName;
  /** Length of the speed vectors; 0 draws none. */
  vector_s: number;
  allTrails: boolean;
  labels: boolean;
  hovered: number | null;
  selected: ReadonlySet<number>;
}

const flat = (colors: Rgba[]): Float32Array<ArrayBuffer> => new Float32Array(colors.flat());

export class TrackLayer implements CustomLayerInterface {
  readonly id = 'tracks';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  private map: MapLibreMap | null = null;
  private gl: WebGL2RenderingContext | null = null;
  private points!: Uniforms;
  private vectors!: Uniforms;
  private ellipses!: Uniforms;
  private labels!: Uniforms;
  private symbolAtlas!: SymbolAtlas;
  private labelAtlas!: LabelAtlas;
  trails: Trails | null = null;
  private buffer: WebGLBuffer | null = null;
  private pointVao: WebGLVertexArrayObject | null = null;
  private instanceVao: WebGLVertexArrayObject | null = null;
  private labelBuffer: WebGLBuffer | null = null;
  private labelVao: WebGLVertexArrayObject | null = null;
  private bytes = new ArrayBuffer(0);
  private floats = new Float32Array(0);
  private octets = new Uint8Array(0);
  private shorts = new Uint16Array(0);
  private indexOf = new Int32Array(0);
  private drawn = 0;
  /** Index of the first track of rank ≥ 1 in the buffer: what comes before is quiet. */
  private loudFrom = 0;
  private placed: PlacedLabel[] = [];
  private originX = 0.5;
  private originY = 0.5;
  private epochMs = 0;
  private readonly matrix = new Float32Array(16);
  private identity = new Float32Array(0);
  private entry = new Float32Array(0);
  private theme: MapTheme;
  /** Script time of the last render call, for the bench. */
  renderMs = 0;
  /** Slots with rank ≥ 1 of the last buffer, loudest last. */
  loud: number[] = [];

  constructor(
    private readonly store: TrackStore,
    private readonly clock: PictureClock,
    readonly options: LayerOptions,
    private readonly secondLine: (slot: number, rank: Rank) => string | null,
  ) {
    this.theme = THEMES[options.theme];
  }

  onAdd(map: MapLibreMap, gl: WebGLRenderingContext | WebGL2RenderingContext): void {
    if (!(gl instanceof WebGL2RenderingContext)) throw new Error('the track layer needs WebGL2');
    this.map = map;
    this.gl = gl;
    this.points = new Uniforms(gl, program(gl, POINT_VERTEX, POINT_FRAGMENT));
    this.vectors = new Uniforms(gl, program(gl, VECTOR_VERTEX, VECTOR_FRAGMENT));
    this.ellipses = new Uniforms(gl, program(gl, ELLIPSE_VERTEX, ELLIPSE_FRAGMENT));
    this.labels = new Uniforms(gl, program(gl, LABEL_VERTEX, LABEL_FRAGMENT));
    this.symbolAtlas = new SymbolAtlas(gl);
    this.labelAtlas = new LabelAtlas(gl);
    this.trails = new Trails(gl);
    this.buffer = gl.createBuffer();
    this.labelBuffer = gl.createBuffer();
    this.pointVao = this.layout(this.buffer, STRIDE, 0);
    this.instanceVao = this.layout(this.buffer, STRIDE, 1);
    this.labelVao = this.layout(this.labelBuffer, LABEL_STRIDE, 1);
    gl.bindVertexArray(this.labelVao);
    for (const [at, offset] of [[7, STRIDE], [8, STRIDE + 16]] as const) {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, 4, gl.FLOAT, false, LABEL_STRIDE, offset);
      gl.vertexAttribDivisor(at, 1);
    }
    gl.bindVertexArray(null);
    this.rebuild();
  }

  onRemove(): void {
    this.gl = null;
    this.map = null;
    this.trails = null;
  }

  private layout(buffer: WebGLBuffer | null, stride: number, divisor: number): WebGLVertexArrayObject | null {
    const gl = this.gl!;
    const vao = gl.createVertexArray();
    gl.bindVertexArray(vao);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    for (const [at, size, offset] of [[0, 2, 0], [1, 2, 8], [2, 1, 16], [3, 2, 20]] as const) {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, stride, offset);
      gl.vertexAttribDivisor(at, divisor);
    }
    for (const [at, size, type, offset] of [[4, 4, gl.UNSIGNED_BYTE, 28], [5, 2, gl.UNSIGNED_SHORT, 32], [6, 2, gl.UNSIGNED_BYTE, 36]] as const) {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribIPointer(at, size, type, stride, offset);
      gl.vertexAttribDivisor(at, divisor);
    }
    gl.bindVertexArray(null);
    return vao;
  }

  setTheme(theme: ThemeName): void {
    this.options.theme = theme;
    this.theme = THEMES[theme];
    this.rebuild();
  }

  rank(slot: number): Rank {
    return this.options.selected.has(this.store.number[slot]!) ? Rank.Selected : this.store.rankOf(slot);
  }

  /** Writes all tracks into the buffer, quiet ones first so that loud ones are drawn over them. */
  rebuild(): void {
    const gl = this.gl;
    const map = this.map;
    if (!gl || !map) return;
    const { store } = this;
    const center = map.getCenter();
    this.originX = (center.lng + 180) / 360;
    this.originY = (1 - Math.log(Math.tan((center.lat * Math.PI) / 360 + Math.PI / 4)) / Math.PI) / 2;
    this.epochMs = store.frameTimeMs;
    if (this.trails && this.trails.epochMs === 0 && store.frameTimeMs > 0) this.trails.reset(this.originX, this.originY, store.frameTimeMs);
    this.identity = flat(this.theme.identity);
    this.entry = flat(this.theme.entry);
    if (this.bytes.byteLength < store.capacity * STRIDE) {
      this.bytes = new ArrayBuffer(store.capacity * STRIDE);
      this.floats = new Float32Array(this.bytes);
      this.octets = new Uint8Array(this.bytes);
      this.shorts = new Uint16Array(this.bytes);
      this.indexOf = new Int32Array(store.capacity);
    }
    const ranks = new Uint8Array(store.top);
    const counts = [0, 0, 0, 0];
    for (let slot = 0; slot < store.top; slot++) {
      if (!store.alive[slot]) continue;
      const rank = this.rank(slot);
      ranks[slot] = rank;
      counts[rank]!++;
    }
    const next = [0, counts[0]!, counts[0]! + counts[1]!, counts[0]! + counts[1]! + counts[2]!];
    this.loudFrom = counts[0]!;
    this.loud = new Array<number>(counts[1]! + counts[2]! + counts[3]!);
    const cells = new Set<number>();
    for (let slot = 0; slot < store.top; slot++) {
      if (!store.alive[slot]) continue;
      const rank = ranks[slot]!;
      const index = next[rank]!++;
      this.indexOf[slot] = index;
      if (rank > 0) this.loud[index - this.loudFrom] = slot;
      const f = index * 10;
      this.floats[f] = store.x[slot]! - this.originX;
      this.floats[f + 1] = store.y[slot]! - this.originY;
      this.floats[f + 2] = store.vx[slot]!;
      this.floats[f + 3] = store.vy[slot]!;
      this.floats[f + 4] = (store.time[slot]! - this.epochMs) / 1000;
      this.floats[f + 5] = store.ex[slot]!;
      this.floats[f + 6] = store.ey[slot]!;
      const o = index * STRIDE;
      const number = store.number[slot]!;
      const kind = store.kind[slot]!;
      this.octets[o + 28] = kind;
      // A permitted crossing gets no ring.
      this.octets[o + 29] = store.loudEntry(slot) ? store.state[slot]! : store.state[slot]! & ~0b11100;
      this.octets[o + 30] = rank;
      this.octets[o + 31] = (number === this.options.hovered ? 1 : 0) | (rank === Rank.Selected ? 2 : 0);
      this.shorts[o / 2 + 16] = store.major[slot]!;
      this.shorts[o / 2 + 17] = store.minor[slot]!;
      this.octets[o + 36] = store.azimuth[slot]!;
      cells.add(((kind >> 3) & 7) * 8 + (kind & 7));
    }
    this.drawn = next[3]!;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.octets.subarray(0, this.drawn * STRIDE), gl.DYNAMIC_DRAW);
    this.symbolAtlas.need(cells);
    this.trails?.update(store, this.options.selected);
    this.trails?.updateLoud(store, this.loud);
    this.placeLabels();
    map.triggerRepaint();
  }

  /** Chooses and places labels for the view as it is now. */
  placeLabels(): void {
    const gl = this.gl;
    const map = this.map;
    if (!gl || !map) return;
    const { store, options } = this;
    const { width, height, zoom, left, top, scale } = this.view();
    const now = this.clock.now(performance.now());
    const wishes: LabelWish[] = [];
    const wish = (slot: number, rank: Rank): void => {
      const x = (store.drawnX(slot, now) - left) * scale;
      const y = (store.drawnY(slot, now) - top) * scale;
      if (x < -40 || y < -20 || x > width + 40 || y > height + 20) return;
      const entry = store.loudEntry(slot) ? store.entryOf(slot) : 0;
      const marked = rank === Rank.Selected || store.number[slot] === options.hovered;
      const radius = entry > 0 || marked ? 20 : rank > 0 || zoom >= SYMBOL_ZOOM ? 12 : 8;
      const second = marked || rank >= Rank.Entering || zoom >= 10.5 ? this.secondLine(slot, rank) : null;
      wishes.push({ slot, text: store.labelOf(slot), second, tone: entry, radius, x, y });
    };
    const hovered = options.hovered === null ? undefined : store.slotOf.get(options.hovered);
    if (hovered !== undefined) wish(hovered, this.rank(hovered));
    if (options.labels) {
      for (let i = this.loud.length - 1; i >= 0 && wishes.length < LABELS_MAX * 2; i--) if (this.loud[i] !== hovered) wish(this.loud[i]!, this.rank(this.loud[i]!));
      if (zoom >= QUIET_LABEL_ZOOM) {
        for (let slot = 0; slot < store.top && wishes.length < LABELS_MAX * 2; slot++) if (store.alive[slot] && slot !== hovered && this.rank(slot) === Rank.Quiet) wish(slot, Rank.Quiet);
      }
    }
    this.placed = this.labelAtlas.place(wishes, this.theme, options.theme, devicePixelRatio, width, height);
    const data = new ArrayBuffer(this.placed.length * LABEL_STRIDE);
    const octets = new Uint8Array(data);
    const floats = new Float32Array(data);
    this.placed.forEach((label, i) => {
      const from = this.indexOf[label.slot]! * STRIDE;
      octets.set(this.octets.subarray(from, from + STRIDE), i * LABEL_STRIDE);
      floats.set([label.dx, label.dy, label.width, label.height, label.u0, label.v0, label.u1, label.v1], (i * LABEL_STRIDE + STRIDE) / 4);
    });
    gl.bindBuffer(gl.ARRAY_BUFFER, this.labelBuffer);
    gl.bufferData(gl.ARRAY_BUFFER, octets, gl.DYNAMIC_DRAW);
  }

  /** The view in Mercator fractions and css pixels; the map never turns or tilts. */
  private view(): { width: number; height: number; zoom: number; left: number; top: number; scale: number } {
    const map = this.map!;
    const canvas = map.getCanvas();
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const zoom = map.getZoom();
    const scale = 512 * 2 ** zoom;
    const c = map.getCenter();
    const x = (c.lng + 180) / 360;
    const y = (1 - Math.log(Math.tan((c.lat * Math.PI) / 360 + Math.PI / 4)) / Math.PI) / 2;
    return { width, height, zoom, left: x - width / 2 / scale, top: y - height / 2 / scale, scale };
  }

  render(): void {
    const began = performance.now();
    const gl = this.gl;
    if (!gl || !this.trails) return;
    const { width, height, zoom, left, top, scale } = this.view();
    const now = this.clock.now(began);
    const ratio = devicePixelRatio;
    const viewport: [number, number] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    // Clip = affine of (Mercator − origin), worked out in 64 bits.
    const m = this.matrix;
    const setOrigin = (ox: number, oy: number): void => {
      m.fill(0);
      m[0] = (2 * scale) / width;
      m[5] = (-2 * scale) / height;
      m[10] = 1;
      m[12] = ((ox - left) * scale * 2) / width - 1;
      m[13] = 1 - ((oy - top) * scale * 2) / height;
      m[15] = 1;
    };
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.CULL_FACE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    setOrigin(this.trails.originX, this.trails.originY);
    this.trails.draw(m, now, viewport, ratio, this.identity, this.options.allTrails);
    setOrigin(this.originX, this.originY);
    const fade = Math.exp((-BLEND_RATE * (began - this.store.blendStartMs)) / 1000);
    const common = (u: Uniforms): void => {
      gl.useProgram(u.program);
      gl.uniformMatrix4fv(u.at('u_matrix'), false, m);
      gl.uniform1f(u.at('u_now'), (now - this.epochMs) / 1000);
      gl.uniform1f(u.at('u_fade'), fade);
      gl.uniform1f(u.at('u_zoom'), zoom);
      gl.uniform2f(u.at('u_viewport'), viewport[0], viewport[1]);
      gl.uniform1f(u.at('u_ratio'), ratio);
    };
    if (this.drawn > 0) {
      const loudCount = this.drawn - this.loudFrom;
      gl.bindVertexArray(this.instanceVao);
      common(this.ellipses);
      gl.uniform1f(this.ellipses.at('u_metre'), METRE);
      gl.uniform1f(this.ellipses.at('u_origin_y'), this.originY);
      gl.uniform4fv(this.ellipses.at('u_mark'), this.theme.ellipse);
      const everyone = zoom >= QUIET_LABEL_ZOOM || this.options.hovered !== null;
      this.instances(everyone ? 0 : this.loudFrom, everyone ? this.drawn : loudCount);
      if (this.options.vector_s > 0) {
        common(this.vectors);
        gl.uniform1f(this.vectors.at('u_ahead_s'), this.options.vector_s);
        gl.uniform1f(this.vectors.at('u_quiet_from'), ARROW_ZOOM + 0.6);
        gl.uniform1f(this.vectors.at('u_quiet'), this.theme.quiet);
        gl.uniform4fv(this.vectors.at('u_identity'), this.identity);
        const all = zoom >= ARROW_ZOOM + 0.6 || this.options.hovered !== null;
        this.instances(all ? 0 : this.loudFrom, all ? this.drawn : loudCount);
      }
      common(this.points);
      this.symbolAtlas.bind(0);
      gl.uniform1i(this.points.at('u_atlas'), 0);
      gl.uniform1f(this.points.at('u_civil_arrow_zoom'), ARROW_ZOOM);
      gl.uniform1f(this.points.at('u_civil_symbol_zoom'), SYMBOL_ZOOM);
      // Thousands of dots add up to a glare: the more there are, the dimmer each.
      gl.uniform1f(this.points.at('u_quiet'), this.theme.quiet * Math.max(0.6, Math.min(1, 1.25 - this.drawn / 24_000)));
      gl.uniform4fv(this.points.at('u_identity'), this.identity);
      gl.uniform4fv(this.points.at('u_entry'), this.entry);
      gl.uniform4fv(this.points.at('u_mark'), this.theme.mark);
      gl.uniform4fv(this.points.at('u_shade'), this.theme.shade);
      gl.bindVertexArray(this.pointVao);
      gl.drawArrays(gl.POINTS, 0, this.drawn);
    }
    if (this.placed.length > 0) {
      common(this.labels);
      this.labelAtlas.bind(0);
      gl.uniform1i(this.labels.at('u_text'), 0);
      gl.bindVertexArray(this.labelVao);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.placed.length);
    }
    gl.bindVertexArray(null);
    this.renderMs = performance.now() - began;
  }

  /** Draws `count` quads, beginning with instance `first`, by moving the attribute pointers. */
  private instances(first: number, count: number): void {
    const gl = this.gl!;
    if (count <= 0) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    const base = first * STRIDE;
    for (const [at, size, offset] of [[0, 2, 0], [1, 2, 8], [2, 1, 16], [3, 2, 20]] as const) gl.vertexAttribPointer(at, size, gl.FLOAT, false, STRIDE, base + offset);
    gl.vertexAttribIPointer(4, 4, gl.UNSIGNED_BYTE, STRIDE, base + 28);
    gl.vertexAttribIPointer(5, 2, gl.UNSIGNED_SHORT, STRIDE, base + 32);
    gl.vertexAttribIPointer(6, 2, gl.UNSIGNED_BYTE, STRIDE, base + 36);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
  }

  /** The track nearest to a point of the canvas (css pixels), loud ones first; null if none is near. */
  pick(px: number, py: number, reach: number): number | null {
    if (!this.map) return null;
    const { store } = this;
    const { left, top, scale } = this.view();
    const now = this.clock.now(performance.now());
    let best = reach * reach;
    let found: number | null = null;
    for (let slot = 0; slot < store.top; slot++) {
      if (!store.alive[slot]) continue;
      const dx = (store.drawnX(slot, now) - left) * scale - px;
      const dy = (store.drawnY(slot, now) - top) * scale - py;
      let d = dx * dx + dy * dy;
      if (d > reach * reach) continue;
      // A loud symbol covers the dots below it.
      if (this.rank(slot) > 0) d *= 0.3;
      if (d < best) {
        best = d;
        found = store.number[slot]!;
      }
    }
    return found;
  }

  /** Pixels a second of the fastest track in sight: how often the map must be drawn for motion to look smooth. */
  pixelsPerSecond(): number {
    if (!this.map) return 0;
    const { scale } = this.view();
    let fastest = 0;
    const { store } = this;
    for (let slot = 0; slot < store.top; slot++) if (store.alive[slot]) fastest = Math.max(fastest, Math.abs(store.vx[slot]!) + Math.abs(store.vy[slot]!));
    return fastest * scale * this.clock.running;
  }

  /** Where a track is drawn now, degrees. */
  lonLat(slot: number): [number, number] {
    const now = this.clock.now(performance.now());
    return [lonOf(this.store.drawnX(slot, now)), latOf(this.store.drawnY(slot, now))];
  }
}
