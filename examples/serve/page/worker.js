// This worker reads pictures in the browser, with the reader compiled to
// WebAssembly. The page posts {id, path, body}. The worker answers
// {id, status, text} when the model is loaded. The text is JSON.
'use strict';

// What is needed beside this file. Status 0 would mean "try again"; nothing
// helps against a missing file but putting it there.
const missing = (file) => new Error(`The file ${file} cannot be loaded. It belongs into the ` +
  'folder of this page. Nothing else is needed to read digits without a server.');

// load starts the reader. Then there is the global function digitsRequest.
async function load() {
  try {
    importScripts('wasm_exec.js');
  } catch {
    throw missing('wasm_exec.js');
  }
  const go = new Go();
  const {instance} = await instantiate(go.importObject);
  const ended = go.run(instance).then(() => {
    throw new Error('The reader has stopped. Load the page again.');
  });
  while (!self.digitsRequest) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5))]);
  }
}

// instantiate compiles digits.wasm while it arrives. Some servers send it with
// a wrong type: then it is compiled afterwards.
async function instantiate(imports) {
  let reply = await download('digits.wasm');
  const type = reply && reply.headers.get('Content-Type');
  if (reply && type === 'application/wasm') {
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

const loaded = load();
loaded.catch(() => {}); // answer tells it

async function answer({id, path, body}) {
  try {
    await loaded;
    const {status, text} = await digitsRequest(path, body ? new Uint8Array(body) : null);
    postMessage({id, status, text});
  } catch (error) {
    postMessage({id, status: 500, text: JSON.stringify({error: error.message, status: 500})});
  }
}

onmessage = ({data}) => answer(data);
