/** Whether this browser cannot give a WebGL2 context. Apart from the map itself, which need not be loaded to know. */
export function webglMissing(): boolean {
  try {
    const gl = document.createElement('canvas').getContext('webgl2');
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
    return !gl;
  } catch {
    return true;
  }
}
