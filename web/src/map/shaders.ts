/**
 * The shaders of the track layer. A track's place on the screen is position + velocity × time + what is left of the last
 * correction, worked out here for each frame, so that moving 20,000 tracks costs the main thread nothing.
 */

const TRACK = `
layout(location=0) in vec2 a_pos;      // Mercator fraction, relative to the buffer's origin
layout(location=1) in vec2 a_vel;      // fraction a second
layout(location=2) in float a_time;    // picture time of the position, s, relative to the buffer's epoch
layout(location=3) in vec2 a_err;      // correction that fades
layout(location=4) in uvec4 a_what;    // kind, state, rank, marks (1 hovered, 2 selected)
layout(location=5) in uvec2 a_axes;    // 1-sigma ellipse, m
layout(location=6) in uvec2 a_turn;    // direction of its major axis, pi/256; spare
uniform mat4 u_matrix;
uniform float u_now;
uniform float u_fade;
uniform float u_zoom;
uniform vec2 u_viewport;
uniform float u_ratio;
vec2 place(float ahead_s) { return a_pos + a_vel * (u_now - a_time + ahead_s) + a_err * u_fade; }
`;

export const POINT_VERTEX = `#version 300 es
precision highp float;
${TRACK}
uniform float u_civil_arrow_zoom;
uniform float u_civil_symbol_zoom;
flat out uint v_mode;                  // 0 dot, 1 arrow, 2 symbol
flat out uvec4 v_what;
flat out float v_size;
flat out vec2 v_turn;
void main() {
  gl_Position = u_matrix * vec4(place(0.0), 0.0, 1.0);
  uint entry = (a_what.y >> 2) & 7u;
  bool marked = a_what.w != 0u;
  bool tentative = (a_what.y & 3u) == 0u;
  float speed = length(a_vel);
  v_turn = speed > 1e-9 ? a_vel / speed : vec2(0.0, -1.0);
  float size;
  if (a_what.z >= 1u || marked || u_zoom >= u_civil_symbol_zoom) {
    v_mode = 2u;
    size = a_what.z >= 2u ? 31.0 : 27.0;
    if (tentative && a_what.z < 2u) size = 21.0;
    size *= mix(0.76, 1.0, clamp((u_zoom - 4.5) / 3.5, 0.0, 1.0));
    if (entry > 0u || marked) size += 15.0;
  } else if (u_zoom >= u_civil_arrow_zoom) {
    v_mode = 1u;
    size = 13.0 + clamp((u_zoom - u_civil_arrow_zoom) * 2.0, 0.0, 5.0);
  } else {
    v_mode = 0u;
    size = u_zoom < 4.5 ? 3.6 : 4.6;
  }
  v_what = a_what;
  v_size = size * u_ratio;
  gl_PointSize = v_size;
}`;

export const POINT_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D u_atlas;
uniform vec4 u_identity[8];
uniform vec4 u_entry[5];
uniform vec4 u_mark;
uniform vec4 u_shade;                  // behind rings, so that they stand out from what they cross
uniform float u_ratio;
uniform float u_quiet;                 // brightness of the quiet ones
flat in uint v_mode;
flat in uvec4 v_what;
flat in float v_size;
flat in vec2 v_turn;
out vec4 o_color;
void over(inout vec4 below, vec4 above) { below = above + below * (1.0 - above.a); }
float band(float d, float width) { return clamp(width * 0.5 + 0.5 - abs(d), 0.0, 1.0); }
void main() {
  vec2 p = (gl_PointCoord - 0.5) * v_size;           // device pixels from the centre, y down
  uint identity = (v_what.x >> 3) & 7u;
  uint entry = (v_what.y >> 2) & 7u;
  bool coasting = (v_what.y & 3u) == 2u;
  vec4 tint = u_identity[identity];
  vec4 color = vec4(0.0);
  if (v_mode == 0u) {
    float a = clamp(v_size * 0.5 - length(p), 0.0, 1.0) * tint.a * u_quiet;
    color = vec4(tint.rgb * a, a);
  } else if (v_mode == 1u) {
    // An arrowhead along the course.
    vec2 f = vec2(v_turn.x, v_turn.y);
    vec2 q = vec2(dot(p, vec2(-f.y, f.x)), dot(p, f)) / (v_size * 0.5);   // right, ahead
    float side = (0.80 - q.y) * 0.46 - abs(q.x);
    float notch = q.y + 0.62 - 0.34 * (1.0 - abs(q.x) * 1.3);
    float d = min(side, notch) * v_size * 0.5;
    float a = clamp(d + 0.5, 0.0, 1.0);
    float rim = clamp(d + 1.6 * u_ratio, 0.0, 1.0);
    over(color, u_shade * vec4(vec3(u_shade.a), 1.0) * rim * 0.8);
    float s = a * (u_quiet * 0.35 + 0.6);
    over(color, vec4(tint.rgb * s, s));
  } else {
    bool ringed = entry > 0u || v_what.w != 0u;
    float inner = ringed ? v_size - 15.0 * u_ratio : v_size;
    vec2 uv = p / inner + 0.5;
    float r = length(p);
    if (entry > 0u) {
      // Near: dotted ring. Possible: dashed. Likely: one ring. Established: a double ring.
      float turn = atan(p.y, p.x) / 6.2831853 + 0.5;
      float radius = v_size * 0.5 - 3.0 * u_ratio;
      float on = 1.0;
      if (entry == 1u) on = step(0.5, fract(turn * 18.0));
      if (entry == 2u) on = step(0.28, fract(turn * 8.0));
      float line = band(r - radius, (entry == 1u ? 1.4 : 2.2) * u_ratio) * on;
      if (entry == 4u) line = max(line, band(r - radius + 4.2 * u_ratio, 1.4 * u_ratio));
      vec4 e = u_entry[entry];
      float glow = entry >= 3u ? smoothstep(radius, radius * 0.35, r) * 0.22 : 0.0;
      over(color, vec4(e.rgb * glow, glow));
      float shade = band(r - radius, 5.0 * u_ratio) * u_shade.a * on;
      over(color, vec4(u_shade.rgb * shade, shade));
      over(color, vec4(e.rgb * line, line));
    }
    if (all(greaterThanEqual(uv, vec2(0.0))) && all(lessThanEqual(uv, vec2(1.0)))) {
      vec2 cell = vec2(float(v_what.x & 7u), float(identity));
      vec4 s = texture(u_atlas, (cell + clamp(uv, 0.01, 0.99)) / 8.0);
      over(color, s * (coasting ? 0.55 : 1.0));
    }
    if (v_what.w != 0u) {
      // Corner brackets around what is selected, thinner around what is under the pointer.
      vec2 q = abs(p);
      float half_size = v_size * 0.5 - 1.6 * u_ratio;
      float edge = max(q.x, q.y);
      float near_corner = step(half_size - 8.0 * u_ratio, min(q.x, q.y));
      float w = (v_what.w & 2u) != 0u ? 2.2 : 1.3;
      float line = band(edge - half_size, w * u_ratio) * near_corner;
      over(color, vec4(u_mark.rgb * line, line));
    }
  }
  if (color.a < 0.004) discard;
  o_color = color;
}`;

/** Speed vectors: from the track to where it would be after u_ahead_s. Quads, two pixels wide at most. */
export const VECTOR_VERTEX = `#version 300 es
precision highp float;
${TRACK}
uniform float u_ahead_s;
uniform float u_quiet_from;
flat out uvec4 v_what;
out float v_side;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));   // end, side
  vec4 a = u_matrix * vec4(place(0.0), 0.0, 1.0);
  vec4 b = u_matrix * vec4(place(u_ahead_s), 0.0, 1.0);
  vec2 sa = a.xy / a.w * 0.5 * u_viewport, sb = b.xy / b.w * 0.5 * u_viewport;
  vec2 along = sb - sa;
  float len = length(along);
  bool show = len > 3.0 * u_ratio && (a_what.z >= 1u || a_what.w != 0u || u_zoom >= u_quiet_from);
  vec2 n = len > 0.0 ? vec2(-along.y, along.x) / len : vec2(0.0);
  float width = (a_what.z >= 1u ? 2.6 : 1.8) * u_ratio;
  vec2 s = mix(sa, sb, corner.x) + n * (corner.y - 0.5) * width;
  v_side = (corner.y - 0.5) * width;
  v_what = a_what;
  gl_Position = show ? vec4(s / (0.5 * u_viewport), 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

export const VECTOR_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 u_identity[8];
uniform float u_quiet;
flat in uvec4 v_what;
in float v_side;
out vec4 o_color;
void main() {
  vec4 c = u_identity[(v_what.x >> 3) & 7u];
  float a = clamp((v_what.z >= 1u ? 1.1 : 0.8) - abs(v_side) + 0.3, 0.0, 1.0) * (v_what.z >= 1u ? 0.9 : 0.6 * u_quiet);
  o_color = vec4(c.rgb * a, a);
}`;

/** One-sigma ellipses of the selected, hovered and entering tracks. */
export const ELLIPSE_VERTEX = `#version 300 es
precision highp float;
${TRACK}
uniform float u_origin_y;
uniform float u_metre;                 // Mercator fraction of a metre at the equator
out vec2 v_unit;
flat out float v_pixels;
flat out uvec4 v_what;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  vec2 axes = max(vec2(a_axes), vec2(1.0)) * u_metre * cosh(3.14159265 * (1.0 - 2.0 * (u_origin_y + a_pos.y)));   // 1 / cos(latitude)
  float turn = float(a_turn.x) * 3.14159265 / 256.0;
  vec2 major = vec2(sin(turn), -cos(turn)), minor = vec2(cos(turn), sin(turn));
  float pad = 1.15;
  vec2 p = place(0.0) + major * axes.x * corner.x * pad + minor * axes.y * corner.y * pad;
  v_unit = corner * pad;
  vec4 c = u_matrix * vec4(place(0.0), 0.0, 1.0);
  vec4 e = u_matrix * vec4(place(0.0) + major * axes.x, 0.0, 1.0);
  v_pixels = length((e.xy / e.w - c.xy / c.w) * 0.5 * u_viewport);
  v_what = a_what;
  bool show = v_pixels > 5.0 * u_ratio && (a_what.z >= 2u || a_what.w != 0u);
  gl_Position = show ? u_matrix * vec4(p, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

export const ELLIPSE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 u_mark;
in vec2 v_unit;
flat in float v_pixels;
flat in uvec4 v_what;
out vec4 o_color;
void main() {
  float r = length(v_unit);
  float d = (r - 1.0) / max(fwidth(r), 1e-5);
  float line = clamp(1.1 - abs(d), 0.0, 1.0) * 0.8;
  float fill = clamp(0.5 - d, 0.0, 1.0) * 0.10;
  float a = max(line, fill);
  if (a < 0.004) discard;
  o_color = vec4(u_mark.rgb * a, a);
}`;

/** Trails: one instance a segment. */
export const TRAIL_VERTEX = `#version 300 es
precision highp float;
layout(location=0) in vec2 a_from;
layout(location=1) in vec2 a_to;
layout(location=2) in float a_time;    // s, relative to the epoch
layout(location=3) in float a_style;   // identity + 8 x (1 loud)
uniform mat4 u_matrix;
uniform vec2 u_viewport;
uniform float u_ratio;
uniform float u_now;
uniform float u_keep_s;
uniform bool u_all;
out vec2 v_look;                        // side, strength
flat out uint v_identity;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  vec4 a = u_matrix * vec4(a_from, 0.0, 1.0);
  vec4 b = u_matrix * vec4(a_to, 0.0, 1.0);
  vec2 sa = a.xy / a.w * 0.5 * u_viewport, sb = b.xy / b.w * 0.5 * u_viewport;
  vec2 along = sb - sa;
  float len = length(along);
  uint style = uint(a_style);
  bool loud = style >= 8u;
  float age = (u_now - a_time) / u_keep_s;
  bool show = a_style >= 0.0 && len > 0.0 && age < 1.0 && age > -0.02 && (loud || u_all) && abs(a.w) > 0.0;
  vec2 n = len > 0.0 ? vec2(-along.y, along.x) / len : vec2(0.0);
  float width = (loud ? 3.2 : 2.2) * u_ratio;
  vec2 s = mix(sa, sb, corner.x) + n * (corner.y - 0.5) * width;
  v_look = vec2((corner.y - 0.5) * width, (loud ? 0.75 : 0.45) * (1.0 - 0.8 * clamp(age, 0.0, 1.0)));
  v_identity = style & 7u;
  gl_Position = show ? vec4(s / (0.5 * u_viewport), 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

export const TRAIL_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 u_identity[8];
uniform float u_ratio;
in vec2 v_look;
flat in uint v_identity;
out vec4 o_color;
void main() {
  float a = clamp(1.0 * u_ratio - abs(v_look.x) + 0.4, 0.0, 1.0) * v_look.y;
  o_color = vec4(u_identity[v_identity].rgb * a, a);
}`;

/** Labels: a quad a label, moving with its track. */
export const LABEL_VERTEX = `#version 300 es
precision highp float;
${TRACK}
layout(location=7) in vec4 a_box;      // offset from the track, size; device pixels
layout(location=8) in vec4 a_uv;
out vec2 v_uv;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  vec4 c = u_matrix * vec4(place(0.0), 0.0, 1.0);
  vec2 s = (c.xy / c.w * 0.5 + 0.5) * u_viewport;
  s = floor(s + 0.5) + vec2(a_box.x, -a_box.y) + vec2(corner.x * a_box.z, -corner.y * a_box.w);
  v_uv = mix(a_uv.xy, a_uv.zw, corner);
  gl_Position = vec4(s / u_viewport * 2.0 - 1.0, 0.0, 1.0);
}`;

export const LABEL_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D u_text;
in vec2 v_uv;
out vec4 o_color;
void main() { o_color = texture(u_text, v_uv); }`;

export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const built = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) throw new Error(`track layer: ${gl.getShaderInfoLog(shader)}`);
    gl.attachShader(built, shader);
  }
  gl.linkProgram(built);
  if (!gl.getProgramParameter(built, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(`track layer: ${gl.getProgramInfoLog(built)}`);
  return built;
}

/** Uniform locations by name, looked up once. */
export class Uniforms {
  private readonly found = new Map<string, WebGLUniformLocation | null>();
  constructor(
    private readonly gl: WebGL2RenderingContext,
    readonly program: WebGLProgram,
  ) {}
  at(name: string): WebGLUniformLocation | null {
    let location = this.found.get(name);
    if (location === undefined) this.found.set(name, (location = this.gl.getUniformLocation(this.program, name)));
    return location;
  }
}
