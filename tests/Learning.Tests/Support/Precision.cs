using static TorchSharp.torch;

namespace MMOrleans.Learning.Tests.Support;

/// <summary>The type that a golden case is computed in, and how near its numbers then have to come.</summary>
/// <param name="Type">Float64, what the files hold, or Float32, what trains.</param>
/// <param name="Tolerance">Accept a against b when |a − b| ≤ tolerance · (1 + |b|).</param>
internal sealed record Precision(ScalarType Type, double Tolerance)
{
    /// <summary>Numbers of a file as a tensor of this type.</summary>
    public Tensor Of(double[] numbers, long[]? shape = null, bool grad = false) =>
        tensor(numbers, shape ?? [numbers.Length]).to(Type).requires_grad_(grad);

    /// <summary>A tensor's numbers, row-major.</summary>
    public static double[] Values(Tensor tensor) =>
        tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    /// <summary>Compares a tensor with a file's numbers.</summary>
    public void Near(double[] expected, Tensor actual, string what) =>
        Support.Near.Equal(expected, Values(actual), Tolerance, what);

    /// <summary>Compares a scalar with a file's number.</summary>
    public void Near(double expected, Tensor actual, string what) =>
        Support.Near.Equal(expected, Values(actual)[0], Tolerance, what);
}
