namespace MMOrleans.Grains.Trainers;

/// <summary>One trainer's seconds of an epoch by stage.</summary>
/// <param name="Data">Waiting for images.</param>
/// <param name="Forward">Forward passes.</param>
/// <param name="Backward">Backward passes, and the sum over slots.</param>
/// <param name="Exchange">Sending blocks, receiving the average.</param>
/// <param name="Wait">Waiting for the slots of others.</param>
/// <param name="Apply">Optimiser steps and state hashes.</param>
/// <param name="Evaluate">The evaluation, from its first image until all slices were counted; 0 when there was none.</param>
internal sealed record EpochSeconds(
    double Data,
    double Forward,
    double Backward,
    double Exchange,
    double Wait,
    double Apply,
    double Evaluate
);
