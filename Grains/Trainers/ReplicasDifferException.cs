namespace MMOrleans.Grains.Trainers;

/// <summary>Contributors to one round started it from different states (invariant I2 is broken).</summary>
internal sealed class ReplicasDifferException(string detail) : Exception(detail);
