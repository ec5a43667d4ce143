namespace MMOrleans.Api.Access;

/// <summary>What somebody may do.</summary>
public enum Role
{
    /// <summary>Look.</summary>
    Viewer,

    /// <summary>Look, start, stop, remove, drain.</summary>
    Operator,
}
