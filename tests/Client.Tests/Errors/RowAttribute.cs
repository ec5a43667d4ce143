namespace MMOrleans.Client.Tests.Errors;

/// <summary>The catalogue's row that a test shows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RowAttribute(string code) : Attribute
{
    public string Code => code;
}
