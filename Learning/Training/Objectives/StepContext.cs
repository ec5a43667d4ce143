namespace MMOrleans.Learning.Training.Objectives;

/// <summary>What a step's numbers depend on beside the state and the images.</summary>
/// <param name="ClassWeights">w of every class in this epoch.</param>
/// <param name="LearningRate">η of this epoch.</param>
/// <param name="Step">Optimiser steps of the run before this one.</param>
/// <param name="Epoch">From 0.</param>
internal readonly record struct StepContext(double[] ClassWeights, double LearningRate, long Step, int Epoch);
