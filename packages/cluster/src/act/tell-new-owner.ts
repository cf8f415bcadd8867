import { NodeId } from '@slotdeck/model/ids';
import { intersectSlots, minusSlots, printSlotRanges, slotsOf } from '@slotdeck/model/slot-ranges';
import type { ActContext, MoveBatch } from './act-context.ts';
import { requireAllOk, type CommandSender } from './command-sender.ts';
import { answeredView, openIn, slotsInView, votingViews, type Sight } from './look.ts';
import { nodeCommands, SETSLOT_OPTIONS } from './open-slots.ts';

/**
 * Tells the target of a move that its source has failed over. Redis keeps the old owner of a slot that is marked as importing,
 * whatever gossip says, so the target would hold these slots for uncovered and refuse every client until somebody acts. Done only
 * where the promoted node claims the slots itself and most voters agree; the marks stay, and so does everything to be decided.
 */
export async function tellNewOwner(
  sight: Sight,
  batch: MoveBatch,
  promoted: unknown,
  { sender, note }: Pick<ActContext, 'note'> & { sender: CommandSender },
): Promise<void> {
  const newOwner = NodeId.safeParse(promoted);
  const target = answeredView(sight, batch.to);
  if (!newOwner.success || target === null || target.self.role !== 'primary') return;
  const claimed = answeredView(sight, newOwner.data)?.self.slots ?? [];
  const importing = slotsOf(openIn(target, batch.slots).importing.keys());
  const wrong = minusSlots(intersectSlots(importing, claimed), slotsInView(target, newOwner.data));
  if (wrong.length === 0) return;
  const voters = votingViews(sight);
  const agreeing = voters.filter((view) => minusSlots(wrong, slotsInView(view, newOwner.data)).length === 0);
  if (agreeing.length * 2 <= voters.length) return;
  const commands = nodeCommands(wrong, newOwner.data);
  requireAllOk(target.member, commands, await sender.send(target.member, commands, SETSLOT_OPTIONS));
  note('target-told-new-owner', {
    node: target.member.id,
    name: target.member.name,
    owner: newOwner.data,
    slots: printSlotRanges(wrong),
  });
}
