namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>What one trainer's side of a run keeps, in numbers. None of them grows with the rounds of a run.</summary>
/// <param name="Calls">Calls to segments that are not answered.</param>
/// <param name="Silos">Silos that have answered some.</param>
/// <param name="Arrays">Arrays of contributions and results, in use or to be used again.</param>
/// <param name="ResultsAhead">Results read along while a state is copied.</param>
internal readonly record struct TrainerMemory(int Calls, int Silos, int Arrays, int ResultsAhead);
