namespace MMOrleans.Runs.Formats;

/// <summary>Element type of a stored tensor, by its name in files.</summary>
public enum TensorType
{
    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit floating point.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,
}
