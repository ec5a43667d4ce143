namespace MMOrleans.Runs.Formats;

/// <summary>A tensor as a pickle describes it: which elements of which storage, in which order.</summary>
/// <param name="Name">Its key in the dictionary.</param>
/// <param name="Storage">Where its elements are.</param>
/// <param name="Offset">Its first element in the storage.</param>
/// <param name="Shape">Sizes of the dimensions, each 0 or more.</param>
/// <param name="Strides">Elements from one index to the next, a dimension each, 0 or more.</param>
internal sealed record TensorPlace(
    string Name,
    TensorStorage Storage,
    long Offset,
    IReadOnlyList<long> Shape,
    IReadOnlyList<long> Strides
);

/// <summary>A file of elements in a PyTorch archive.</summary>
/// <param name="Key">Name of the file, below <c>data/</c>.</param>
/// <param name="Element">Of the elements.</param>
/// <param name="Elements">How many there are.</param>
internal sealed record TensorStorage(string Key, StoredElement Element, long Elements);

/// <summary>The tensors that a pickle describes, and what lies beside them.</summary>
/// <param name="Places">In the order of their dictionary.</param>
/// <param name="LeftOut">Keys of what is not a tensor of the model, such as <c>optimizer</c> and <c>epoch</c>.</param>
/// <param name="Storages">Every storage that the pickle describes, by its key: those of what is left out too.</param>
internal sealed record PickledTensors(
    IReadOnlyList<TensorPlace> Places,
    IReadOnlyList<string> LeftOut,
    IReadOnlyDictionary<string, TensorStorage> Storages
);
