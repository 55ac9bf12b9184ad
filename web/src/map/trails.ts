/**
 * Trails of all tracks on the GPU: a ring of layers, one layer each STEP_S of picture time, each with one segment a slot.
 * Adding a layer is one write of one block, however many tracks there are; the ring is drawn only while all trails are asked
 * for. Loud tracks (unidentified, entering, selected) have longer trails in a second, small list, which begins with what the
 * server knows from before this page was open.
 */
import { TRAIL_FRAGMENT, TRAIL_VERTEX, Uniforms, program } from './shaders';
import { Rank, mercatorX, mercatorY, type TrackStore } from '../data/store';

const STEP_S = 10;
const LAYERS = 45;
export const TRAIL_KEEP_S = STEP_S * LAYERS;
const FLOATS = 6;
const OWN_SEGMENTS_MAX = 40_000;
/** Points kept of one loud track; older ones go. */
const HISTORY_MAX = 720;

export class Trails {
  private readonly uniforms: Uniforms;
  private ring: WebGLBuffer | null = null;
  private readonly own: WebGLBuffer | null;
  private readonly ringVao: WebGLVertexArrayObject | null;
  private readonly ownVao: WebGLVertexArrayObject | null;
  private capacity = 0;
  private layer = 0;
  private nextMs = 0;
  private fromX = new Float64Array(0);
  private fromY = new Float64Array(0);
  private fromOwner = new Uint32Array(0);
  private fromMs = new Float64Array(0);
  private ownCount = 0;
  private readonly scratch = new Float32Array(OWN_SEGMENTS_MAX * FLOATS);
  /** Of loud tracks: [ms, x, y] after [ms, x, y], oldest first. */
  private readonly history = new Map<number, number[]>();
  private readonly fetched = new Set<number>();
  /** Fixed for a session, near where the work is: keeps 32-bit positions exact to centimetres. */
  originX = 0.5;
  originY = 0.5;
  epochMs = 0;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.uniforms = new Uniforms(gl, program(gl, TRAIL_VERTEX, TRAIL_FRAGMENT));
    this.own = gl.createBuffer();
    this.ringVao = gl.createVertexArray();
    this.ownVao = gl.createVertexArray();
    this.layout(this.ownVao, this.own);
    gl.bufferData(gl.ARRAY_BUFFER, OWN_SEGMENTS_MAX * FLOATS * 4, gl.DYNAMIC_DRAW);
  }

  private layout(vao: WebGLVertexArrayObject | null, buffer: WebGLBuffer | null): void {
    const gl = this.gl;
    gl.bindVertexArray(vao);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    const stride = FLOATS * 4;
    for (const [at, size, offset] of [[0, 2, 0], [1, 2, 8], [2, 1, 16], [3, 1, 20]] as const) {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, stride, offset);
      gl.vertexAttribDivisor(at, 1);
    }
    gl.bindVertexArray(null);
  }

  /** Forgets everything: the picture jumped in time. */
  reset(originX: number, originY: number, epochMs: number): void {
    this.originX = originX;
    this.originY = originY;
    this.epochMs = epochMs;
    this.nextMs = 0;
    this.capacity = 0;
    this.history.clear();
    this.fetched.clear();
    this.ownCount = 0;
  }

  private grow(capacity: number): void {
    const gl = this.gl;
    gl.deleteBuffer(this.ring);
    this.ring = gl.createBuffer();
    this.layout(this.ringVao, this.ring);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.ring);
    // A style below zero draws nothing: no layer is written yet.
    const empty = new Float32Array(capacity * FLOATS);
    for (let i = 5; i < empty.length; i += FLOATS) empty[i] = -1;
    gl.bufferData(gl.ARRAY_BUFFER, capacity * LAYERS * FLOATS * 4, gl.DYNAMIC_DRAW);
    for (let layer = 0; layer < LAYERS; layer++) gl.bufferSubData(gl.ARRAY_BUFFER, layer * capacity * FLOATS * 4, empty);
    const keep = this.fromX.length < capacity;
    if (keep) {
      this.fromX = Float64Array.from({ length: capacity });
      this.fromY = Float64Array.from({ length: capacity });
      this.fromOwner = new Uint32Array(capacity).fill(0xffffffff);
      this.fromMs = new Float64Array(capacity);
    } else this.fromOwner.fill(0xffffffff);
    this.capacity = capacity;
    this.layer = 0;
  }

  /** Adds a layer when it is time for one. */
  update(store: TrackStore, selected: ReadonlySet<number>): void {
    if (store.capacity > this.capacity) this.grow(store.capacity);
    if (store.frameTimeMs < this.nextMs || store.top === 0) return;
    this.nextMs = store.frameTimeMs + STEP_S * 1000;
    const block = new Float32Array(store.top * FLOATS);
    const time = (store.frameTimeMs - this.epochMs) / 1000;
    for (let slot = 0, at = 0; slot < store.top; slot++, at += FLOATS) {
      if (!store.alive[slot]) {
        block[at + 5] = -1;
        this.fromOwner[slot] = 0xffffffff;
        continue;
      }
      const same = this.fromOwner[slot] === store.owner[slot] && store.frameTimeMs - this.fromMs[slot]! < STEP_S * 4000;
      const x = store.x[slot]!;
      const y = store.y[slot]!;
      block[at] = (same ? this.fromX[slot]! : x) - this.originX;
      block[at + 1] = (same ? this.fromY[slot]! : y) - this.originY;
      block[at + 2] = x - this.originX;
      block[at + 3] = y - this.originY;
      block[at + 4] = time;
      block[at + 5] = store.identityOf(slot);
      if (store.rankOf(slot) >= Rank.Unidentified || selected.has(store.number[slot]!)) this.remember(store, slot);
      this.fromX[slot] = x;
      this.fromY[slot] = y;
      this.fromOwner[slot] = store.owner[slot]!;
      this.fromMs[slot] = store.frameTimeMs;
    }
    for (const number of this.history.keys()) {
      if (store.slotOf.has(number)) continue;
      this.history.delete(number);
      this.fetched.delete(number);
    }
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.ring);
    gl.bufferSubData(gl.ARRAY_BUFFER, this.layer * this.capacity * FLOATS * 4, block);
    this.layer = (this.layer + 1) % LAYERS;
  }

  /** What the server told of a track's past: [ms, lat, lon, height] points. */
  setFetched(number: number, points: [number, number, number, number | null][]): void {
    this.fetched.add(number);
    const triples: number[] = [];
    for (const [ms, lat, lon] of points.slice(-HISTORY_MAX)) triples.push(ms, mercatorX(lon), mercatorY(lat));
    this.history.set(number, triples);
  }

  hasFetched = (number: number): boolean => this.fetched.has(number);

  private remember(store: TrackStore, slot: number): void {
    const number = store.number[slot]!;
    let triples = this.history.get(number);
    if (!triples) this.history.set(number, (triples = []));
    if (triples.length > HISTORY_MAX * 3) triples.splice(0, HISTORY_MAX);
    triples.push(store.frameTimeMs, store.x[slot]!, store.y[slot]!);
  }

  /** Rewrites the small list. `loud` are slots. */
  updateLoud(store: TrackStore, loud: Iterable<number>): void {
    let at = 0;
    const data = this.scratch;
    const add = (x0: number, y0: number, x1: number, y1: number, ms: number, style: number): void => {
      if (at + FLOATS > data.length) return;
      data[at] = x0 - this.originX;
      data[at + 1] = y0 - this.originY;
      data[at + 2] = x1 - this.originX;
      data[at + 3] = y1 - this.originY;
      data[at + 4] = (ms - this.epochMs) / 1000;
      data[at + 5] = style;
      at += FLOATS;
    };
    for (const slot of loud) {
      const number = store.number[slot]!;
      const points = this.history.get(number);
      if (!points || points.length === 0) continue;
      const style = store.identityOf(slot) + 8;
      // Fade by share of the trail's own length, to a floor: a long trail stays readable.
      const first = points[0]!;
      const span = Math.max(60_000, store.frameTimeMs - first);
      const shown = (ms: number): number => store.frameTimeMs - ((store.frameTimeMs - ms) / span) * TRAIL_KEEP_S * 700;
      for (let i = 3; i + 2 < points.length; i += 3) add(points[i - 2]!, points[i - 1]!, points[i + 1]!, points[i + 2]!, shown(points[i]!), style);
      add(points[points.length - 2]!, points[points.length - 1]!, store.x[slot]!, store.y[slot]!, store.frameTimeMs, style);
    }
    this.ownCount = at / FLOATS;
    if (this.ownCount === 0) return;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.own);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, data.subarray(0, at));
  }

  draw(matrix: Float32Array, nowMs: number, viewport: [number, number], ratio: number, identity: Float32Array, all: boolean): void {
    const gl = this.gl;
    const u = this.uniforms;
    gl.useProgram(u.program);
    gl.uniformMatrix4fv(u.at('u_matrix'), false, matrix);
    gl.uniform2f(u.at('u_viewport'), viewport[0], viewport[1]);
    gl.uniform1f(u.at('u_ratio'), ratio);
    gl.uniform1f(u.at('u_now'), (nowMs - this.epochMs) / 1000);
    gl.uniform1f(u.at('u_keep_s'), TRAIL_KEEP_S);
    gl.uniform1i(u.at('u_all'), all ? 1 : 0);
    gl.uniform4fv(u.at('u_identity'), identity);
    if (all && this.capacity > 0) {
      gl.bindVertexArray(this.ringVao);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.capacity * LAYERS);
    }
    if (this.ownCount > 0) {
      gl.bindVertexArray(this.ownVao);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.ownCount);
    }
    gl.bindVertexArray(null);
  }
}
