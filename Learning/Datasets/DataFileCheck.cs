namespace MMOrleans.Learning.Datasets;

/// <summary>What was found of one file of a data set.</summary>
/// <param name="Name">File name.</param>
/// <param name="Bytes">Its size; null when it is not there.</param>
/// <param name="Sha256">Its hash, lower-case hexadecimal; null when it is not there.</param>
/// <param name="IsKnown">Whether a checksum was there to compare with.</param>
/// <param name="Fault">What is wrong with it; null when nothing is.</param>
public sealed record DataFileCheck(
    string Name,
    long? Bytes,
    string? Sha256,
    bool IsKnown,
    FaultException? Fault
);
