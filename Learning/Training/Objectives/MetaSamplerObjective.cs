using System.Diagnostics;
using MMOrleans.Learning.Losses;
using MMOrleans.Learning.Models;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Epochs;
using MMOrleans.Runs.Schedules;
using MMOrleans.Runs.Specifications;
using static TorchSharp.torch;

namespace MMOrleans.Learning.Training.Objectives;

/// <summary>The classifier learns from rows that a learned sampler draws, on a backbone that stands.</summary>
/// <remarks>
/// <para>
/// Ren et al., NeurIPS 2020 (Balanced Meta-Softmax), their second stage, with balanced softmax as <c>method.loss</c>. A step: the sampler draws
/// its rows; a virtual step of the classifier on their mean loss, every row times its selection variable (straight-through: 1, with the
/// gradient of its probability); the companion's mean cross-entropy after it, differentiated through it, changes the sampler by Adam; then the
/// ordinary step on the rows drawn.
/// </para>
/// <para>
/// The published sampler draws from the whole training set, which would make what is read depend on what is learned. Here it draws from the
/// step's batch, whose rows <c>method.sampler</c> chose: by the same rates, as an image of a class stands for its class.
/// </para>
/// <para>
/// The rates and Adam's moments are buffers, written to in the working copy; as in <see cref="MetaWeightObjective"/> there is one slot.
/// </para>
/// </remarks>
internal sealed class MetaSamplerObjective : IObjective
{
    private static readonly MethodParameter Rate = new(
        "sampler_lr",
        0.01,
        0,
        10,
        "learning rate of the sampler's class rates, by Adam"
    );

    /// <summary><c>meta-sampler</c></summary>
    public static ObjectiveDefinition Definition { get; } =
        new(
            "meta-sampler",
            "the classifier on rows that a learned sampler draws (Balanced Meta-Softmax)",
            parts => new MetaSamplerObjective(parts)
        )
        {
            Carries = (network, classes) => _ = new Buffers(network, classes),
            HasCompanion = true,
            Trains = "classifier",
            Parameters = [Rate],
            WholeBatch = "its sampler draws from the whole batch and learns from a virtual step on it",
            EveryStepAveraged = "it runs with one slot, where averaging less often saves nothing",
        };

    private readonly ObjectiveParts _parts;
    private readonly Buffers _buffers;
    private readonly StageScope _scope;
    private readonly Adam _adam;

    /// <param name="parts">Network, loss, counts, run.</param>
    public MetaSamplerObjective(ObjectiveParts parts)
    {
        (_parts, _buffers) = (parts, new(parts.Network, parts.Counts.Count));
        _scope = new(parts.Network.Layout, parts.Specification.Model, Phase.Main);
        _adam = new(Rate.Of(parts.Specification.Method));
    }

    public (EpochSums Tally, Tensor Gradient, long ForwardTicks) Differentiate(
        FlatState state,
        FlatState work,
        Batch batch,
        StepContext step
    )
    {
        var began = Stopwatch.GetTimestamp();
        var companion =
            batch.Companion ?? throw new ArgumentException("The batch has no companion.", nameof(batch));
        var (rates, first, second) = _buffers.Of(work);
        var sampler = new LearnedSampler(
            batch.Labels.AsSpan(0, batch.Rows),
            _parts.Counts,
            _parts.NoiseOf(batch, step)
        );
        var drawn = sampler.Draw(NetworkInput.Doubles(rates));
        var labels = _parts.Input.Labels(batch);
        var output = _parts.Network.Forward(_scope.Pass(state, work), _parts.Input.Rows(batch));
        var isDrawn = IsDrawn(drawn, output.Logits);
        // One row of the step a row: what it costs, by the row of the batch that it is.
        var costs = isDrawn.mv(_parts.Rows(output, labels, batch, step) * labels.Of(step.ClassWeights));

        var learned = rates.clone().requires_grad_(true);
        var probabilities = nn.functional.softmax(
            Like(sampler.Scores, output.Logits)
                .view(batch.Rows, batch.Rows)
                .Plus(
                    labels.IsTrueClass.to(learned.dtype).mv(nn.functional.logsigmoid(learned)).unsqueeze(0)
                ),
            1
        );
        var chosen = (probabilities * isDrawn).sum(1);
        var selection = (chosen - chosen.detach()).Plus(1);
        var moved = Moved(state, (selection * costs).mean(), step.LearningRate);
        var meta = CrossEntropyLoss
            .Rows(
                _parts.Network.Forward(_scope.Pass(moved, work), _parts.Input.Rows(companion)).Logits,
                _parts.Input.Labels(companion)
            )
            .mean();
        var pull = autograd.grad([meta], [learned], retain_graph: true)[0];
        using (no_grad())
            _adam.Step(rates, first, second, step.Step + 1, pull);

        double[] ones = [.. Enumerable.Repeat(1.0, batch.Rows)];
        long[] drawnLabels = [.. drawn.Select(row => batch.Labels[row])];
        var tally = RowTally.Count(
            _parts.Input,
            state,
            work,
            batch,
            isDrawn.mm(output.Logits.detach()),
            costs,
            ones,
            Reductions.DividesByRows(_parts.Specification.Method)
                ? ones
                : [.. drawnLabels.Select(label => step.ClassWeights[label])],
            drawnLabels,
            _scope.MovesStatistics
        );
        var forward = Stopwatch.GetTimestamp() - began;
        var gradients = autograd.grad([costs.sum()], [.. _scope.Trained(state)]);
        return (tally, _scope.Flatten(state, [.. gradients]), forward);
    }

    // The classifier one plain step further, as a function of what the loss depends on.
    private IReadOnlyList<Tensor> Moved(FlatState state, Tensor loss, double learningRate)
    {
        var trained = _scope.Trained(state);
        var gradients = autograd.grad([loss], [.. trained], retain_graph: true, create_graph: true);
        return _scope.With(
            state,
            [.. trained.Zip(gradients, (p, gradient) => p.Plus(gradient, -learningRate))]
        );
    }

    // [rows, rows]: 1 where a row of the step is that row of the batch.
    private static Tensor IsDrawn(int[] drawn, Tensor like)
    {
        var cells = new double[drawn.Length * drawn.Length];
        for (var i = 0; i < drawn.Length; i++)
            cells[(i * drawn.Length) + drawn[i]] = 1;
        return Like(cells, like).view(drawn.Length, drawn.Length);
    }

    private static Tensor Like(double[] values, Tensor like) =>
        tensor(values, dtype: like.dtype, device: like.device);

    /// <summary>What the sampler carries from step to step: a of every class, and Adam's moments. All rates begin equal.</summary>
    private sealed class Buffers(Network network, int classes)
    {
        private readonly int _rates = Declare(network, "sampler.rates", classes);
        private readonly int _first = Declare(network, "sampler.first", classes);
        private readonly int _second = Declare(network, "sampler.second", classes);

        public (Tensor Rates, Tensor First, Tensor Second) Of(FlatState work) =>
            (work.BufferViews[_rates], work.BufferViews[_first], work.BufferViews[_second]);

        private static int Declare(Network network, string name, int classes) =>
            network.Within(
                StatePart.Objective,
                () => network.Buffer(name, Initialisations.Constant(0), classes)
            );
    }
}
