namespace MMOrleans.Tests;

/// <summary>The checkout that a test was built in: some hold the code to files that stand beside it.</summary>
internal static class Checkout
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MMOrleans.sln")))
            folder =
                folder.Parent
                ?? throw new InvalidOperationException(
                    "No folder above the test holds MMOrleans.sln: run it from a checkout."
                );
        return folder.FullName;
    }
}
