// This worker reads pictures in the browser, with the reader compiled to
// WebAssembly. The page posts {id, path, body}. When the reader is loaded, the
// worker answers {id, status, text}. The text is JSON.
'use strict';

const missing = (file) => new Error(`The file ${file} cannot be loaded. Put it into the folder ` +
  'of this page. Then the browser can read digits without serve.');

// load starts the reader. Then there is the global function digitsRequest.
async function load() {
  try {
    if (!self.Go) importScripts('wasm_exec.js');
  } catch {
    throw missing('wasm_exec.js');
  }
  const go = new Go();
  const {instance} = await instantiate(go.importObject);
  let runs = true;
  go.run(instance).finally(() => runs = false); // it has crashed
  while (!self.digitsRequest) {
    if (!runs) throw new Error('The reader does not start.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  setTimeout(warmUp);
}

// warmUp reads a picture of a stroke, so that the browser compiles the reader
// before the person has drawn.
function warmUp() {
  const head = new TextEncoder().encode('P5 64 64 255 ');
  const picture = new Uint8Array(head.length + 64 * 64).fill(255);
  picture.set(head);
  for (let y = 12; y < 52; y++) picture.fill(0, head.length + 64 * y + 30, head.length + 64 * y + 35);
  request('v1/read?details=true', picture);
}

// instantiate compiles digits.wasm while it arrives. Some servers send it with
// a wrong type: then it is compiled afterwards.
async function instantiate(imports) {
  let reply = await download('digits.wasm');
  if (reply && reply.headers.get('Content-Type') === 'application/wasm') {
    return WebAssembly.instantiateStreaming(reply, imports);
  }
  if (!reply) {
    const packed = await download('digits.wasm.gz');
    if (!packed) throw missing('digits.wasm');
    reply = new Response(packed.body.pipeThrough(new DecompressionStream('gzip')));
  }
  return WebAssembly.instantiate(await reply.arrayBuffer(), imports);
}

// download returns the answer for a file, or null if the file is missing.
async function download(file) {
  const reply = await fetch(file).catch(() => null);
  return reply && reply.ok ? reply : null;
}

let loaded = null; // the promise of a reader

// request asks the reader. If the reader crashes, the next request starts it
// again.
function request(path, bytes) {
  let reply;
  try {
    reply = digitsRequest(path, bytes);
  } catch (error) {
    console.error(error);
  }
  if (!reply) loaded = self.digitsRequest = null;
  return reply;
}

async function answer({id, path, body}) {
  try {
    if (!loaded) loaded = load();
    await loaded;
    const reply = request(path, body ? new Uint8Array(body) : null);
    if (!reply) throw new Error('This was too much for the reader. It starts again.');
    postMessage({id, status: reply.status, text: reply.text});
  } catch (error) {
    postMessage({id, status: 500, text: JSON.stringify({error: error.message, status: 500})});
  }
}

onmessage = ({data}) => answer(data);
