namespace MMOrleans.Grains.Devices;

/// <summary>One device of this silo with the thread that drives it.</summary>
/// <param name="Trainer">Key of the trainer grain, <c>silo/t0</c>.</param>
/// <param name="Name"><c>cpu</c> or <c>cuda:0</c>.</param>
/// <param name="Thread">The one door to it.</param>
internal sealed record TrainingDevice(string Trainer, string Name, DeviceThread Thread);
