// Signed notes, checkpoints and cosignatures: C2SP signed-note, tlog-checkpoint, tlog-cosignature.
import { from_base64, is_equal, joined, Malformed, text_bytes } from './bytes.ts';
import type { Tools } from './tools.ts';

export interface NoteKey {
  name: string;
  type: number; // 1: of a log; 4: of a witness
  key: Uint8Array;
}

interface NoteLine {
  name: string;
  id: number;
  bytes: Uint8Array;
}

export interface Checkpoint {
  text: string; // what is signed
  origin: string;
  size: number;
  root: Uint8Array;
  lines: NoteLine[];
}

const big_endian = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

export async function key_id(tools: Tools, key: NoteKey): Promise<number> {
  return big_endian(await tools.sha256(joined(text_bytes(key.name), Uint8Array.of(10, key.type), key.key)));
}

// NAME+ID+BASE64
export async function read_note_key(tools: Tools, text: string): Promise<NoteKey> {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text);
  if (!found) throw new Malformed(`expected a verifier key, found '${text.slice(0, 80)}'`);
  const bytes = from_base64(found[3] ?? '');
  const key: NoteKey = { name: found[1] ?? '', type: bytes[0] ?? 0, key: bytes.slice(1) };
  if (key.key.length !== 32 || (await key_id(tools, key)) !== Number.parseInt(found[2] ?? '', 16)) throw new Malformed(`expected the id of the verifier key of ${key.name}, found another`);
  return key;
}

export function read_checkpoint(note: string): Checkpoint {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new Malformed('expected a signed note, found something else');
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (origin === '' || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) throw new Malformed('expected the name of a log and its size, found something else');
  const hash = from_base64(root);
  if (hash.length !== 32) throw new Malformed('expected a root of 32 bytes, found others');
  const lines = note.slice(end + 2, -1).split('\n').map((line): NoteLine => {
    const found = /^— (\S+) (\S+)$/u.exec(line);
    const bytes = from_base64(found?.[2] ?? '');
    if (!found || bytes.length <= 4) throw new Malformed(`expected a line with a signature, found '${line.slice(0, 80)}'`);
    return { name: found[1] ?? '', id: big_endian(bytes), bytes: bytes.slice(4) };
  });
  return { text, origin, size: Number(size), root: hash, lines };
}

export interface NoteWord {
  line: NoteLine;
  cosigned_at: number | undefined; // seconds since 1970
  holds: boolean | undefined; // none: this browser cannot tell
}

// What the key says of the note; none: it has no line.
export async function word_of(tools: Tools, note: Checkpoint, key: NoteKey): Promise<NoteWord | undefined> {
  const id = await key_id(tools, key);
  const line = note.lines.find((one) => one.name === key.name && one.id === id);
  if (!line) return undefined;
  if (key.type === 1) return { line, cosigned_at: undefined, holds: await tools.is_signed(key.key, line.bytes, text_bytes(note.text)) };
  if (key.type !== 4 || line.bytes.length !== 72) throw new Malformed(`expected a cosignature of ${key.name}, found something else`);
  const seconds = Number(new DataView(line.bytes.buffer, line.bytes.byteOffset).getBigUint64(0));
  const signed = text_bytes(`cosignature/v1\ntime ${seconds}\n${note.text}`);
  return { line, cosigned_at: seconds, holds: await tools.is_signed(key.key, line.bytes.slice(8), signed) };
}

// Under the log's own name and by its key, and whether there is a line by nobody that is known.
export async function lines_by_others(tools: Tools, note: Checkpoint, keys: readonly NoteKey[]): Promise<number> {
  const known = await Promise.all(keys.map(async (key) => ({ name: key.name, id: await key_id(tools, key) })));
  return note.lines.filter((line) => !known.some((key) => key.name === line.name && key.id === line.id)).length;
}

export const same_log = (a: Checkpoint, b: Checkpoint): boolean => a.origin === b.origin && (a.size !== b.size || is_equal(a.root, b.root));
