using System.Runtime.CompilerServices;
using MMOrleans.Learning.Training;

namespace MMOrleans.Client.Diagnosis;

/// <summary>Whether libtorch loads.</summary>
internal static class LibraryCheck
{
    private const string What = "native tensor library";

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Finding Run()
    {
        var library = TorchLibrary.Probe();
        return library.Loads
            ? new(FindingLevel.Ok, What, $"libtorch {library.Found ?? library.Wanted}")
            : new(
                FindingLevel.Failure,
                What,
                $"MM9001 {library.Reason}",
                "dotnet restore and build again, or use the published image"
            );
    }
}
