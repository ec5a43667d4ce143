using TorchSharp;

namespace MMOrleans.Learning.Losses;

/// <summary>What a row of logits costs, given its true class.</summary>
/// <remarks>
/// Rows only: class weights and the division by their sum belong to the caller that holds the whole batch, because a shard's own weighted mean
/// is not a part of the batch's.
/// </remarks>
public interface ILoss
{
    /// <summary>The unweighted losses, one a row.</summary>
    /// <returns>[rows], in the logits' type; belongs to the dispose scope it was made in.</returns>
    torch.Tensor Rows(LossInput input);
}
