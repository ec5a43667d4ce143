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
    private const int Stretch = 4096; // numbers that stay in the nearest cache

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
        Copy(MemoryMarshal.Cast<byte, T>(local.bytes), values, T.CreateChecked(factor));
    }

    /// <summary>The same, and the sum of the magnitudes of what was stored: it is finite exactly when every element is, short of overflow, which is as bad.</summary>
    /// <remarks>In stretches that stay in the cache, so that memory is gone through once.</remarks>
    public static T StoreAndSum<T>(Tensor source, Span<T> values, long factor = 1)
        where T : unmanaged, INumberBase<T>
    {
        Check<T>(source, values.Length);
        using var local = source.cpu();
        var elements = MemoryMarshal.Cast<byte, T>(local.bytes);
        var sum = T.Zero;
        for (var start = 0; start < values.Length; start += Stretch)
        {
            var length = Math.Min(Stretch, values.Length - start);
            var stretch = values.Slice(start, length);
            Copy(elements.Slice(start, length), stretch, T.CreateChecked(factor));
            sum += TensorPrimitives.SumOfMagnitudes<T>(stretch);
        }

        return sum;
    }

    private static void Copy<T>(ReadOnlySpan<T> elements, Span<T> values, T factor)
        where T : unmanaged, INumberBase<T>
    {
        if (factor == T.One)
            elements.CopyTo(values);
        else
            TensorPrimitives.Multiply(elements, factor, values);
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
