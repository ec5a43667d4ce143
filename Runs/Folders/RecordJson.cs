using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MMOrleans.Runs.Folders;

/// <summary>How records of this project are read, from a run's folder or from another process: keys are only added.</summary>
public static class RecordJson
{
    /// <summary>As <c>run.json</c> is written, on one line. An unknown key is passed over, and a missing one leaves its member's default.</summary>
    /// <remarks>The generated code that writes <c>run.json</c> does not read it: it sets a member whose key is missing to null.</remarks>
    public static JsonSerializerOptions Options { get; } =
        new(RunFolderJson.Default.Options)
        {
            WriteIndented = false,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
}
