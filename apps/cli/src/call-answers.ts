import type { CalledNode } from '@slotdeck/cluster/act/call-nodes';

/** What one node answered, or why not. */
export interface NodeAnswer {
  readonly node: string;
  readonly name: string;
  readonly ok: boolean;
  /** For people: as redis-cli prints a reply without a terminal. */
  readonly text: string;
  readonly reply: unknown;
}

/** Puts an answer into words, and into what JSON can say. */
export function answerOf({ node, name, outcome }: CalledNode): NodeAnswer {
  switch (outcome.state) {
    case 'answered':
      return { node, name, ok: true, text: printReply(outcome.reply), reply: plainReply(outcome.reply) };
    case 'no-address':
      return { node, name, ok: false, text: '(no address is known)', reply: null };
    case 'failed': {
      const { failure } = outcome;
      const text =
        failure.kind === 'error-reply' ? failure.line : `(no answer: ${failure.problem.code} ${failure.problem.seen})`;
      return { node, name, ok: false, text, reply: null };
    }
  }
}

function printReply(reply: unknown): string {
  if (reply === null || reply === undefined) return '';
  if (Array.isArray(reply)) return reply.map(printReply).join('\n');
  if (reply instanceof Map)
    return [...reply].map(([name, value]) => `${printReply(name)}\n${printReply(value)}`).join('\n');
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  if (typeof reply === 'string') return reply;
  return typeof reply === 'bigint' ? reply.toString() : (JSON.stringify(reply) ?? '');
}

/** What JSON can say. */
function plainReply(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(plainReply);
  if (reply instanceof Map)
    return Object.fromEntries([...reply].map(([name, value]) => [String(name), plainReply(value)]));
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  return typeof reply === 'bigint' ? Number(reply) : reply;
}
