// A decision checked by this browser, step by step, out of its bundle (docs/formats/decision-bundle.md) and the files of the
// log: signatures, hashes, memo, place in the log, minutes, opinions. What it leaves to the monitor's code: the judging.
// The first step that does not hold is the last one, as it is in the monitor.
import { from_base64, is_equal, Malformed, text_bytes, to_base58, to_base64, to_hex } from './bytes.ts';
import { leaf_hash, root_by_proof, TiledTree, tree_root } from './merkle.ts';
import { lines_by_others, read_checkpoint, read_note_key, same_log, word_of, type Checkpoint, type NoteKey } from './note.ts';
import { opinion_bytes } from './opinion.ts';
import { read_leaf, read_statement, type Leaf, type Statement } from './statement.ts';
import type { Tools } from './tools.ts';
import { memo_root, read_transaction, type Transaction } from './transaction.ts';

export interface Bundle {
  format: string;
  transaction: string;
  statements: readonly string[];
  decision: number;
  account: string;
  minutes: readonly string[];
  policy: string;
  index: number;
  inclusion: readonly string[];
  checkpoint: string;
  witnesses: readonly string[];
}

// Files below the log's prefix; throws where there is none.
export type FetchLog = (path: string) => Promise<Uint8Array>;

export interface Step {
  part: string;
  holds: boolean | undefined; // none: it cannot be checked here
  says: string;
}

export const parts = ['statement', 'opinions', 'transaction', 'memo', 'policy', 'instruction', 'account', 'log', 'checkpoint', 'tiles', 'minutes'] as const;

class Differs extends Error {}
class NotHere extends Error {}

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Differs(what);
}

const cannot_sign = 'this browser knows no Ed25519; the monitor checks it';
const short = (bytes: Uint8Array): string => `${to_hex(bytes.slice(0, 4))}…${to_hex(bytes.slice(-2))}`;

class Check {
  private statements: Statement[] = [];
  private hashes: Uint8Array[] = [];
  private sent: Transaction | undefined;
  private signed: Checkpoint | undefined;

  constructor(
    private readonly bundle: Bundle,
    private readonly tools: Tools,
    private readonly fetch_log: FetchLog | undefined,
  ) {}

  private get decision(): Statement {
    const found = this.statements[this.bundle.decision];
    if (!found) throw new Differs(`expected decision ${this.bundle.decision} among the statements, found ${this.statements.length} of them`);
    return found;
  }
  private get own_hash(): Uint8Array {
    return this.hashes[this.bundle.decision] ?? new Uint8Array();
  }

  async statement(): Promise<string> {
    expect(this.bundle.format === 'doublezero-decision-bundle/1', 'expected a bundle of this format, found another');
    for (const text of this.bundle.statements) {
      const bytes = from_base64(text);
      this.statements.push(read_statement(bytes));
      this.hashes.push(await leaf_hash(this.tools, bytes));
    }
    const s = this.decision;
    return `${s.kind} ${to_base58(s.record)}: ${s.from} to ${s.to} (${s.reason}), hash ${short(this.own_hash)}`;
  }

  async transaction(): Promise<string> {
    const sent = read_transaction(from_base64(this.bundle.transaction));
    this.sent = sent;
    const { monitor } = this.decision;
    expect(sent.keys.slice(0, sent.signers).some((key) => is_equal(key, monitor)), `expected a transaction signed by the monitor ${to_base58(monitor)}, found one that is not`);
    for (const [i, signature] of sent.signatures.entries()) {
      const holds = await this.tools.is_signed(sent.keys[i] ?? new Uint8Array(), signature, sent.message);
      if (holds === undefined) throw new NotHere(cannot_sign);
      expect(holds, `expected a signature by ${to_base58(sent.keys[i] ?? new Uint8Array())} over its bytes, found one that does not hold`);
    }
    return `Ed25519 signature by ${to_base58(monitor)} over ${sent.message.length} bytes`;
  }

  async memo(): Promise<string> {
    const { text, root } = memo_root(this.sent ?? read_transaction(from_base64(this.bundle.transaction)));
    const own = await tree_root(this.tools, this.hashes);
    expect(is_equal(own, root), `expected the root over the statements, ${to_base64(own)}, in the transaction's memo, found ${text}`);
    return `${text} is the root over ${this.hashes.length} ${this.hashes.length === 1 ? 'statement' : 'statements'}`;
  }

  async policy(): Promise<string> {
    return this.same_sha256('policy', text_bytes(this.bundle.policy), this.decision.policy);
  }

  async account(): Promise<string> {
    return this.same_sha256('account', from_base64(this.bundle.account), this.decision.account);
  }

  private async same_sha256(what: string, bytes: Uint8Array, stated: Uint8Array): Promise<string> {
    const own = await this.tools.sha256(bytes);
    expect(is_equal(own, stated), `expected the ${what} with the SHA-256 ${to_hex(stated)}, found one with ${to_hex(own)}`);
    return `SHA-256 of ${bytes.length} bytes is ${short(own)}, as stated`;
  }

  // Every change of health in the transaction is that of one statement, in their order.
  instruction(): string {
    const { program, monitor } = this.decision;
    const [of_program, signer] = [to_base58(program), to_base58(monitor)];
    const writes = (this.sent?.calls ?? []).filter((one) => one.program === of_program && (one.data[0] === tags.link || one.data[0] === tags.device));
    expect(writes.length === this.statements.length, `expected ${this.statements.length} changes of health in the transaction, found ${writes.length}`);
    writes.forEach((write, i) => {
      const s = this.statements[i];
      if (!s) return;
      const record = to_base58(s.record);
      expect(write.accounts[0] === record && write.data[0] === tags[s.kind], `expected instruction ${i + 1} to be about ${record}, found ${write.accounts[0] ?? 'none'}`);
      const code = health_code(this.bundle.policy, s);
      expect(write.data[1] === code, `expected instruction ${i + 1} to write ${s.to} (${code}), found ${write.data[1] ?? 'nothing'}`);
      expect(write.accounts[2] === signer && is_equal(s.monitor, monitor), `expected instruction ${i + 1} to be signed by the monitor, found another signer`);
    });
    return `writes ${this.decision.to} to ${to_base58(this.decision.record)}`;
  }

  async log(): Promise<string> {
    const checkpoint = read_checkpoint(this.bundle.checkpoint);
    this.signed = checkpoint;
    const root = await root_by_proof(this.tools, this.own_hash, this.bundle.index, checkpoint.size, this.bundle.inclusion.map(from_base64));
    expect(is_equal(root, checkpoint.root), `expected a proof that leads to the root ${to_base64(checkpoint.root)} of the checkpoint, found one that leads to ${to_base64(root)}`);
    const { length } = this.bundle.inclusion;
    return `${length} ${length === 1 ? 'hash leads' : 'hashes lead'} from entry ${this.bundle.index} to the root over ${checkpoint.size}`;
  }

  async checkpoint(): Promise<string> {
    const checkpoint = this.signed ?? read_checkpoint(this.bundle.checkpoint);
    const witnesses = await Promise.all(this.bundle.witnesses.map((text) => read_note_key(this.tools, text)));
    await this.signed_by(checkpoint, [this.log_key(checkpoint), ...witnesses]);
    expect((await lines_by_others(this.tools, checkpoint, [this.log_key(checkpoint), ...witnesses])) === 0, 'expected no line under the checkpoint but by known keys, found one');
    return `of ${checkpoint.origin}, signed by the monitor${witnesses.map((one) => `, cosigned by ${one.name}`).join('')}`;
  }

  private log_key(checkpoint: Checkpoint): NoteKey {
    return { name: checkpoint.origin, type: 1, key: this.decision.monitor };
  }

  private async signed_by(checkpoint: Checkpoint, keys: readonly NoteKey[]): Promise<void> {
    for (const key of keys) {
      const word = await word_of(this.tools, checkpoint, key);
      expect(word !== undefined, `expected a signature of ${key.name} under the checkpoint, found none by its key`);
      if (word.holds === undefined) throw new NotHere(cannot_sign);
      expect(word.holds, `expected a signature of ${key.name} that holds, found one that does not`);
    }
  }

  // What everybody is shown: the newest checkpoint, and the tiles under it.
  async tiles(): Promise<string> {
    const { fetch_log } = this;
    if (!fetch_log) throw new NotHere('the files of the log are not at hand');
    let newest: Checkpoint;
    try {
      newest = read_checkpoint(new TextDecoder().decode(await fetch_log('checkpoint')));
    } catch (error) {
      if (error instanceof Malformed) throw error;
      throw new NotHere(`the log was not read: ${error instanceof Error ? error.message : String(error)}`);
    }
    expect(this.signed !== undefined && same_log(this.signed, newest), 'expected the checkpoint that everybody is shown to be of the same log, found one that contradicts it');
    expect(newest.size > this.bundle.index, `expected more than ${this.bundle.index} entries under the newest checkpoint, found ${newest.size}`);
    await this.signed_by(newest, [this.log_key(newest)]).catch((error: unknown) => {
      if (!(error instanceof NotHere)) throw error;
    });
    const tree = new TiledTree(this.tools, newest.size, fetch_log);
    const found = await tree.leaf(this.bundle.index);
    expect(is_equal(found, this.own_hash), `expected entry ${this.bundle.index} of the log to be ${to_hex(this.own_hash)}, found ${to_hex(found)}`);
    expect(await tree.has(this.own_hash, this.bundle.index, newest.root), `expected tiles that lead to the root ${to_base64(newest.root)} of the newest checkpoint, found others`);
    return `entry ${this.bundle.index} of the ${newest.size} under the checkpoint that everybody is shown`;
  }

  async minutes(): Promise<string> {
    const leaves = this.bundle.minutes.map(from_base64);
    const root = await tree_root(this.tools, await Promise.all(leaves.map((leaf) => leaf_hash(this.tools, leaf))));
    const s = this.decision;
    expect(is_equal(root, s.minutes), `expected the minutes with the root ${to_hex(s.minutes)}, found some with ${to_hex(root)}`);
    const read = leaves.map(read_leaf);
    const counted = s.criteria.filter((one) => add_up(one.name, s, read)).length;
    const minutes = read.reduce((sum, leaf) => sum + (leaf.has_results ? 0 : leaf.counts.to - leaf.counts.from), 0);
    return `${minutes} minutes of ${read.length} signals, counted again for ${counted} criteria`;
  }

  // Of each statement: what is said of one of them is what the monitor signed of all.
  async opinions(): Promise<string> {
    for (const s of this.statements) {
      for (const one of s.opinions) {
        const holds = await this.tools.is_signed(one.key, one.signature, opinion_bytes(s, one));
        if (holds === undefined) throw new NotHere(cannot_sign);
        expect(holds, `expected an opinion about ${to_base58(s.record)} signed by ${to_base58(one.key)} over its account, policy and health, found one that is not`);
      }
    }
    const { opinions } = this.decision;
    if (opinions.length === 0) return 'none: one monitor decided, or the change needs no other';
    return `${opinions.length} other ${opinions.length === 1 ? 'judge' : 'judges'} signed this account, policy and health`;
  }
}

const tags = { device: 83, link: 84 } as const;

// The number of a health on the ledger of the policy's profile: docs/formats/program.md, program-live.md.
function health_code(policy: string, s: Statement): number {
  const live = s.kind === 'device' && policy.startsWith('profile = "v0.34"\n');
  const words = live ? ['unknown', 'pending', 'ready-for-links', 'healthy', 'impaired'] : ['unknown', 'pending', 'healthy', 'impaired'];
  const code = words.indexOf(s.to);
  if (code < 0) throw new Differs(`expected a health of the profile, found '${s.to}'`);
  return code;
}

// The counts that are stated are those of one of its leaves.
function add_up(criterion: string, s: Statement, leaves: readonly Leaf[]): boolean {
  const stated = s.criteria.find((one) => one.name === criterion)?.counts;
  const own = leaves.filter((leaf) => leaf.criterion === criterion).map((leaf) => leaf.counts);
  if (!stated || own.length === 0) return false;
  const text = JSON.stringify(stated);
  expect(own.some((counts) => JSON.stringify(counts) === text), `expected ${stated.good} good, ${stated.bad} bad and ${stated.unobserved} unobserved minutes of ${criterion}, found ${own.map((c) => `${c.good}, ${c.bad} and ${c.unobserved}`).join('; ')}`);
  return true;
}

// told: each step as it is done.
export async function check_decision(bundle: Bundle, tools: Tools, fetch_log: FetchLog | undefined, told: (step: Step) => void = () => undefined): Promise<Step[]> {
  const check = new Check(bundle, tools, fetch_log);
  const steps: Step[] = [];
  for (const part of parts) {
    const step = await done(part, () => check[part]());
    steps.push(step);
    told(step);
    if (step.holds === false) break;
  }
  return steps;
}

async function done(part: string, check: () => string | Promise<string>): Promise<Step> {
  try {
    return { part, holds: true, says: await check() };
  } catch (error) {
    if (error instanceof NotHere) return { part, holds: undefined, says: error.message };
    if (error instanceof Differs || error instanceof Malformed) return { part, holds: false, says: error.message };
    return { part, holds: undefined, says: `not checked: ${error instanceof Error ? error.message : String(error)}` };
  }
}
