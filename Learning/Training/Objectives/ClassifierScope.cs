using MMOrleans.Learning.Checkpoints;
using MMOrleans.Learning.Models;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>Trains the classifier on a backbone that stands: no gradient for it, and its running statistics normalise and stay.</summary>
internal sealed class ClassifierScope
{
    private const string Classifier = "linear."; // as the heads name their tensors

    private readonly bool[] _trains;

    /// <param name="layout">Of the state.</param>
    public ClassifierScope(StateLayout layout) =>
        _trains = [
            .. layout
                .Entries.Where(e => e.Kind == StateKind.Parameter)
                .Select(e => e.Name.StartsWith(Classifier, StringComparison.Ordinal)),
        ];

    /// <summary>A step's pass.</summary>
    public static ForwardPass Pass(IReadOnlyList<Tensor> parameters, FlatState work) =>
        new(parameters, work.BufferViews, Training: false);

    /// <summary>The classifier's parameters, in model order.</summary>
    public IReadOnlyList<Tensor> Trained(FlatState state) =>
        [.. state.ParameterViews.Where((_, i) => _trains[i])];

    /// <summary>All parameters, with others in the classifier's place.</summary>
    public IReadOnlyList<Tensor> With(FlatState state, IReadOnlyList<Tensor> classifier)
    {
        var next = 0;
        return [.. state.ParameterViews.Select((view, i) => _trains[i] ? classifier[next++] : view)];
    }

    /// <summary>The classifier's gradients as one vector over all parameters, zero elsewhere: [P].</summary>
    public Tensor Flatten(FlatState state, IReadOnlyList<Tensor> gradients)
    {
        var next = 0;
        return cat([
            .. state.ParameterViews.Select(
                (view, i) => (_trains[i] ? gradients[next++] : zeros_like(view)).reshape(-1)
            ),
        ]);
    }
}
