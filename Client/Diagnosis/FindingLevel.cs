namespace MMOrleans.Client.Diagnosis;

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    Ok,
    Warning,
    Failure,
}
