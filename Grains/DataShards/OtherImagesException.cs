namespace MMOrleans.Grains.DataShards;

/// <summary>This machine's images are not those that a run began with: a fault of the machine, which the run goes on without.</summary>
/// <param name="place">Folder or archive; null for generated images.</param>
/// <param name="found">Hash of the manifest that is there.</param>
/// <param name="wanted">Hash of the run's.</param>
internal sealed class OtherImagesException(string? place, string found, string wanted)
    : Exception(
        $"the images at {place ?? "the generator"} have manifest {found[..12]}, the run began with {wanted[..12]}"
    );
