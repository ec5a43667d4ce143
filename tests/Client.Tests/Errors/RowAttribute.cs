namespace MMOrleans.Client.Tests.Errors;

/// <summary>The catalogue's row that a test shows.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RowAttribute(string code) : Attribute
{
    public string Code => code;
}
