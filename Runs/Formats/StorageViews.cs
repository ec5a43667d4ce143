namespace MMOrleans.Runs.Formats;

/// <summary>Takes tensors out of the storages that they are views of.</summary>
internal static class StorageViews
{
    /// <summary>Every tensor, its elements row-major.</summary>
    /// <param name="pickled">Where they are.</param>
    /// <param name="length">Bytes of the file.</param>
    /// <param name="read">The bytes of a storage, as many as it has elements.</param>
    /// <exception cref="FormatException">A tensor reaches beyond its storage, or all of them beyond what a file of that length may hold.</exception>
    public static FileTensors Of(
        PickledTensors pickled,
        long length,
        Func<TensorStorage, ReadOnlyMemory<byte>> read
    )
    {
        var storages = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var tensors = new List<NamedTensor>(pickled.Places.Count);
        var left = 2 * length; // tied weights are two tensors of one storage; a thousand would be an attack
        foreach (var place in pickled.Places)
        {
            if (!storages.TryGetValue(place.Storage.Key, out var storage))
            {
                storage = read(place.Storage);
                storages.Add(place.Storage.Key, storage);
            }

            var data = Elements(place, storage.Span);
            left -= data.Length;
            if (left < 0)
                throw new FormatException("its tensors take more than twice the bytes of the file");
            var element = place.Storage.Element;
            tensors.Add(new(place.Name, element.Type, place.Shape, element.Widened(data)));
        }

        return new(tensors) { LeftOut = pickled.LeftOut };
    }

    private static byte[] Elements(TensorPlace place, ReadOnlySpan<byte> storage)
    {
        var elements = NamedTensor.Elements(place.Shape);
        var size = place.Storage.Element.Bytes;
        if (elements == 0)
        {
            return [];
        }

        var last = place.Offset;
        for (var i = 0; i < place.Shape.Count; i++)
        {
            last = checked(last + ((place.Shape[i] - 1) * place.Strides[i]));
        }

        if (elements > place.Storage.Elements || last >= place.Storage.Elements)
        {
            throw new FormatException(
                $"tensor {place.Name} of shape [{string.Join(", ", place.Shape)}] reaches beyond the {place.Storage.Elements} elements of its storage"
            );
        }

        if (place.Strides.SequenceEqual(TensorPickle.RowMajor(place.Shape)))
        {
            return storage
                .Slice(checked((int)(place.Offset * size)), checked((int)(elements * size)))
                .ToArray();
        }

        // Another order, such as channels last: element by element, the last dimension running fastest.
        var data = new byte[elements * size];
        var index = new long[place.Shape.Count];
        for (var to = 0; to < data.Length; to += size)
        {
            var from = place.Offset;
            for (var i = 0; i < index.Length; i++)
            {
                from += index[i] * place.Strides[i];
            }

            storage.Slice((int)(from * size), size).CopyTo(data.AsSpan(to));
            for (var i = index.Length - 1; i >= 0 && ++index[i] == place.Shape[i]; i--)
            {
                index[i] = 0;
            }
        }

        return data;
    }
}
