namespace MMOrleans.Runs.Metrics;

/// <summary>What a network said of one test image.</summary>
/// <param name="Actual">Its true class.</param>
/// <param name="Predicted">The class of the largest logit, the lowest of equal ones.</param>
/// <param name="Confidence">Probability of <paramref name="Predicted"/>, in [0, 1].</param>
/// <param name="Margin">True logit minus the best other.</param>
public readonly record struct TestPrediction(int Actual, int Predicted, double Confidence, double Margin);
