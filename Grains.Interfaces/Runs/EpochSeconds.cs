namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>One trainer's seconds of an epoch by stage.</summary>
/// <param name="Data">Waiting for images.</param>
/// <param name="Forward">Forward passes.</param>
/// <param name="Backward">Backward passes, and the sum over slots.</param>
/// <param name="Exchange">Sending blocks, receiving the average.</param>
/// <param name="Wait">Waiting for the slots of others.</param>
/// <param name="Apply">Optimiser steps and state hashes.</param>
/// <param name="Evaluate">The evaluation, from its first image until all slices were counted; 0 when there was none.</param>
[GenerateSerializer, Immutable, Alias("mm.EpochSeconds")]
public sealed record EpochSeconds(
    [property: Id(0)] double Data,
    [property: Id(1)] double Forward,
    [property: Id(2)] double Backward,
    [property: Id(3)] double Exchange,
    [property: Id(4)] double Wait,
    [property: Id(5)] double Apply,
    [property: Id(6)] double Evaluate
);
