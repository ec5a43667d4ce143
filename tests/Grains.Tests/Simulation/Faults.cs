namespace MMOrleans.Grains.Tests.Simulation;

/// <summary>What goes wrong in a schedule, and how much.</summary>
/// <param name="Loss">Share of messages lost.</param>
/// <param name="Duplication">Share of messages that come twice.</param>
/// <param name="Crashes">Silos killed; they come back empty.</param>
/// <param name="Blackouts">Times every silo is killed at once.</param>
/// <param name="Freezes">Silos stopped for a while.</param>
/// <param name="Standstills">Times the silo of whoever leads is stopped for longer than patience, and goes on.</param>
/// <param name="Cuts">Times two silos do not reach each other for a while.</param>
/// <param name="CutsBeside">Times two silos that do not lead do not reach each other for a while, one after another.</param>
/// <param name="FreezesBeside">Times a silo that does not lead stands still for a while, one after another.</param>
/// <param name="Joins">Silos that come later.</param>
/// <param name="Drains">Silos emptied.</param>
/// <param name="Updates">Times every silo in turn is emptied, stopped and started again.</param>
/// <param name="DoubleActivations">Times a second coordinator leads beside the first.</param>
/// <param name="StoreOutages">Times the coordinator's store is away.</param>
/// <param name="BitFlips">Times one bit of one trainer's state changes.</param>
/// <param name="RunMoves">Times the run's grain dies and is activated elsewhere.</param>
/// <param name="Stops">Times the run's owner has it stop.</param>
/// <param name="IsMajorityRight">Whether bits flip only where two others are left that can outvote the wrong one.</param>
internal sealed record Faults(
    double Loss = 0,
    double Duplication = 0,
    int Crashes = 0,
    int Blackouts = 0,
    int Freezes = 0,
    int Standstills = 0,
    int Cuts = 0,
    int CutsBeside = 0,
    int FreezesBeside = 0,
    int Joins = 0,
    int Drains = 0,
    int Updates = 0,
    int DoubleActivations = 0,
    int StoreOutages = 0,
    int BitFlips = 0,
    int RunMoves = 0,
    int Stops = 0,
    bool IsMajorityRight = true
);
