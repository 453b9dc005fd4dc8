// Trees of RFC 6962, section 2.1, and their tiles as C2SP's tlog-tiles has them.
import { is_equal, joined, Malformed } from './bytes.ts';
import type { Tools } from './tools.ts';

type Hashing = Pick<Tools, 'sha256'>;

export const leaf_hash = (tools: Hashing, entry: Uint8Array): Promise<Uint8Array> => tools.sha256(joined(Uint8Array.of(0), entry));
const node_hash = (tools: Hashing, left: Uint8Array, right: Uint8Array): Promise<Uint8Array> => tools.sha256(joined(Uint8Array.of(1), left, right));

// The largest power of two that is smaller than `size`, which is at least 2.
function split_of(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

export async function tree_root(tools: Hashing, leaves: readonly Uint8Array[]): Promise<Uint8Array> {
  const [first] = leaves;
  if (first === undefined) return tools.sha256(new Uint8Array());
  if (leaves.length === 1) return first;
  const split = split_of(leaves.length);
  return node_hash(tools, await tree_root(tools, leaves.slice(0, split)), await tree_root(tools, leaves.slice(split)));
}

// The root that a proof leads to (RFC 9162, section 2.1.3.2).
export async function root_by_proof(tools: Hashing, leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[]): Promise<Uint8Array> {
  if (index >= size) throw new Malformed(`expected an entry below ${size}, found ${index}`);
  let [fn, sn, root] = [index, size - 1, leaf];
  for (const step of proof) {
    if (step.length !== 32) throw new Malformed('expected hashes of 32 bytes, found others');
    if (sn === 0) throw new Malformed('expected a shorter proof, found more hashes');
    if (fn % 2 === 1 || fn === sn) {
      root = await node_hash(tools, step, root);
      for (; fn % 2 === 0 && fn !== 0; sn = Math.floor(sn / 2)) fn = Math.floor(fn / 2);
    } else {
      root = await node_hash(tools, root, step);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  if (sn !== 0) throw new Malformed('expected a longer proof, found its end');
  return root;
}

// ---- tiles

const tile_width = 256;

// 1234067 is "x001/x234/067".
function index_path(index: number): string {
  const last = String(index % 1000).padStart(3, '0');
  let path = last;
  for (let more = Math.floor(index / 1000); more > 0; more = Math.floor(more / 1000)) path = `x${String(more % 1000).padStart(3, '0')}/${path}`;
  return path;
}

// Below the log's prefix. width: of its hashes in a tree of that size.
export function tile_path(level: number, index: number, size: number): string {
  const there = Math.floor(size / tile_width ** level) - index * tile_width;
  if (there <= 0) throw new Malformed(`expected a tile of a log of ${size} entries, found none`);
  return `tile/${level}/${index_path(index)}${there < tile_width ? `.p/${there}` : ''}`;
}

export type FetchTile = (path: string) => Promise<Uint8Array>;

// A tree as its tiles have it; each is fetched once.
export class TiledTree {
  private readonly tiles = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly tools: Hashing,
    private readonly size: number,
    private readonly fetch_tile: FetchTile,
  ) {}

  // The hash of the complete subtree of 2^level leaves that is the index-th of its kind.
  private async subtree(level: number, index: number): Promise<Uint8Array> {
    const row = Math.floor(level / 8); // of tiles
    const up = 2 ** (level % 8); // so many hashes of the tile are under it
    const first = index * up;
    const tile = await this.tile(row, Math.floor(first / tile_width));
    const at = first % tile_width;
    const hashes = Array.from({ length: up }, (_, i) => tile.slice((at + i) * 32, (at + i + 1) * 32));
    if (hashes.some((hash) => hash.length !== 32)) throw new Malformed(`expected ${up} hashes in a tile of level ${row}, found fewer`);
    return tree_root(this.tools, hashes);
  }

  private tile(level: number, index: number): Promise<Uint8Array> {
    const path = tile_path(level, index, this.size);
    const known = this.tiles.get(path) ?? this.fetch_tile(path);
    this.tiles.set(path, known);
    return known;
  }

  // Of the leaves from `from` to `to`, which is not included.
  private async root_of(from: number, to: number): Promise<Uint8Array> {
    const count = to - from;
    const level = Math.log2(count);
    if (Number.isInteger(level) && from % count === 0) return this.subtree(level, from / count);
    const split = from + split_of(count);
    return node_hash(this.tools, await this.root_of(from, split), await this.root_of(split, to));
  }

  leaf(index: number): Promise<Uint8Array> {
    return this.subtree(0, index);
  }

  async inclusion_proof(index: number): Promise<Uint8Array[]> {
    const way: [number, number][] = [];
    for (let [from, to] = [0, this.size]; to - from > 1; ) {
      const split = from + split_of(to - from);
      if (index < split) {
        way.push([split, to]);
        to = split;
      } else {
        way.push([from, split]);
        from = split;
      }
    }
    return Promise.all(way.reverse().map(([from, to]) => this.root_of(from, to)));
  }

  // Whether the leaf is the entry of that index in the tree with that root, by the tiles alone.
  async has(leaf: Uint8Array, index: number, root: Uint8Array): Promise<boolean> {
    if (!is_equal(await this.leaf(index), leaf)) return false;
    return is_equal(await root_by_proof(this.tools, leaf, index, this.size, await this.inclusion_proof(index)), root);
  }
}
