using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>The sum of slots that this trainer has computed.</summary>
/// <param name="Slots">A node of the averaging tree.</param>
/// <param name="Values">The whole vector.</param>
/// <param name="Tally">Its scalars.</param>
internal sealed record OwnBlock(SlotRange Slots, LentArray Values, EpochSums Tally);
