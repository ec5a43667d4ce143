using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace MMOrleans.Learning.Training;

/// <summary>Carries numbers between flat tensors and spans, with one copy on the CPU and two on other devices.</summary>
internal static class FlatVector
{
    /// <summary>Overwrites the tensor.</summary>
    public static void Load<T>(Tensor target, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Check<T>(target, values.Length);
        if (target.device_type == DeviceType.CPU)
        {
            values.CopyTo(MemoryMarshal.Cast<byte, T>(target.bytes));
            return;
        }

        using var staging = empty(target.shape, target.dtype, CPU);
        values.CopyTo(MemoryMarshal.Cast<byte, T>(staging.bytes));
        target.copy_(staging);
    }

    /// <summary>Copies the tensor out, each element times <paramref name="factor"/>.</summary>
    public static void Store<T>(Tensor source, Span<T> values, long factor = 1)
        where T : unmanaged, INumberBase<T>
    {
        Check<T>(source, values.Length);
        using var local = source.cpu();
        var elements = MemoryMarshal.Cast<byte, T>(local.bytes);
        if (factor == 1)
            elements.CopyTo(values);
        else
            TensorPrimitives.Multiply(elements, T.CreateChecked(factor), values);
    }

    private static void Check<T>(Tensor tensor, int length)
    {
        var type = typeof(T) == typeof(float) ? ScalarType.Float32 : ScalarType.Float64;
        if (tensor.dtype != type || tensor.numel() != length)
        {
            throw new ArgumentException(
                $"{length} numbers of type {typeof(T).Name} were given for a vector of {tensor.numel()} of type {tensor.dtype}."
            );
        }
    }
}
