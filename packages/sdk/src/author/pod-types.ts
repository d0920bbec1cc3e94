// Written by scripts/write-pod-schema.mjs; do not edit.
import type { JsonObject } from '../model/index.ts';

/** Directives of Kubernetes' strategic merge. */
export interface PatchDirectives {
  readonly $patch?: 'replace' | 'delete' | 'merge';
  readonly $retainKeys?: readonly string[];
}

/** An amount such as `500m`, `2` or `1Gi`. */
export type Quantity = string | number;
/** A number, or a name or percentage. */
export type IntOrString = number | string;

/** Represents a Persistent Disk resource in AWS. */
export interface AWSElasticBlockStoreVolumeSourceOverride extends PatchDirectives {
  /** fsType is the filesystem type of the volume that you want to mount. */
  readonly fsType?: string | null;
  /** partition is the partition in the volume that you want to mount. */
  readonly partition?: number | null;
  /** readOnly value true will force the readOnly setting in VolumeMounts. */
  readonly readOnly?: boolean | null;
  /** volumeID is unique ID of the persistent disk resource in AWS (Amazon EBS volume). */
  readonly volumeID?: string;
}

/** Affinity is a group of affinity scheduling rules. */
export interface AffinityOverride extends PatchDirectives {
  /** Describes node affinity scheduling rules for the pod. */
  readonly nodeAffinity?: NodeAffinityOverride | null;
  /** Describes pod affinity scheduling rules (e.g. */
  readonly podAffinity?: PodAffinityOverride | null;
  /** Describes pod anti-affinity scheduling rules (e.g. */
  readonly podAntiAffinity?: PodAntiAffinityOverride | null;
}

/** AppArmorProfile defines a pod or container's AppArmor settings. */
export interface AppArmorProfileOverride extends PatchDirectives {
  /** localhostProfile indicates a profile loaded on the node that should be used. */
  readonly localhostProfile?: string | null;
  /** type indicates which kind of AppArmor profile will be applied. */
  readonly type?: 'Localhost' | 'RuntimeDefault' | 'Unconfined';
}

/** AzureDisk represents an Azure Data Disk mount on the host and bind mount to the pod. */
export interface AzureDiskVolumeSourceOverride extends PatchDirectives {
  /** cachingMode is the Host Caching mode: None, Read Only, Read Write. */
  readonly cachingMode?: 'None' | 'ReadOnly' | 'ReadWrite' | null;
  /** diskName is the Name of the data disk in the blob storage */
  readonly diskName?: string;
  /** diskURI is the URI of data disk in the blob storage */
  readonly diskURI?: string;
  /** fsType is Filesystem type to mount. */
  readonly fsType?: string | null;
  readonly kind?: 'Dedicated' | 'Managed' | 'Shared' | null;
  /** readOnly Defaults to false (read/write). */
  readonly readOnly?: boolean | null;
}

/** AzureFile represents an Azure File Service mount on the host and bind mount to the pod. */
export interface AzureFileVolumeSourceOverride extends PatchDirectives {
  /** readOnly defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  /** secretName is the  name of secret that contains Azure Storage Account Name and Key */
  readonly secretName?: string;
  /** shareName is the azure share Name */
  readonly shareName?: string;
}

/** Represents a source location of a volume to mount, managed by an external CSI driver */
export interface CSIVolumeSourceOverride extends PatchDirectives {
  /** driver is the name of the CSI driver that handles this volume. */
  readonly driver?: string;
  /** fsType to mount. */
  readonly fsType?: string | null;
  readonly nodePublishSecretRef?: LocalObjectReferenceOverride | null;
  /** readOnly specifies a read-only configuration for the volume. */
  readonly readOnly?: boolean | null;
  /** volumeAttributes stores driver-specific properties that are passed to the CSI driver. */
  readonly volumeAttributes?: { readonly [name: string]: string | null } | null;
}

/** Adds and removes POSIX capabilities from running containers. */
export interface CapabilitiesOverride extends PatchDirectives {
  /** Added capabilities */
  readonly add?: readonly string[] | null;
  /** Removed capabilities */
  readonly drop?: readonly string[] | null;
}

/** Represents a Ceph Filesystem mount that lasts the lifetime of a pod Cephfs volumes do not support ownership management or SELinux relabeling. */
export interface CephFSVolumeSourceOverride extends PatchDirectives {
  /** monitors is Required: Monitors is a collection of Ceph monitors More info: https://examples.k8s.io/volumes/cephfs/README.md#how-to-use-it */
  readonly monitors?: readonly string[];
  /** path is Optional: Used as the mounted root, rather than the full Ceph tree, default is / */
  readonly path?: string | null;
  /** readOnly is Optional: Defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  readonly secretFile?: string | null;
  /** secretRef is Optional: SecretRef is reference to the authentication secret for User, default is empty. */
  readonly secretRef?: LocalObjectReferenceOverride | null;
  /** user is optional: User is the rados user name, default is admin More info: https://examples.k8s.io/volumes/cephfs/README.md#how-to-use-it */
  readonly user?: string | null;
}

/** Represents a cinder volume resource in Openstack. */
export interface CinderVolumeSourceOverride extends PatchDirectives {
  /** fsType is the filesystem type to mount. */
  readonly fsType?: string | null;
  /** readOnly defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  /** secretRef is optional: points to a secret object containing parameters used to connect to OpenStack. */
  readonly secretRef?: LocalObjectReferenceOverride | null;
  /** volumeID used to identify the volume in cinder. */
  readonly volumeID?: string;
}

/** ClusterTrustBundleProjection describes how to select a set of ClusterTrustBundle objects and project their contents into the pod filesystem. */
export interface ClusterTrustBundleProjectionOverride extends PatchDirectives {
  /** Select all ClusterTrustBundles that match this label selector. */
  readonly labelSelector?: LabelSelectorOverride | null;
  /** Select a single ClusterTrustBundle by object name. */
  readonly name?: string | null;
  /** If true, don't block pod startup if the referenced ClusterTrustBundle(s) aren't available. */
  readonly optional?: boolean | null;
  /** Relative path from the volume root to write the bundle. */
  readonly path?: string;
  /** Select all ClusterTrustBundles that match this signer name. */
  readonly signerName?: string | null;
}

/** ConfigMapEnvSource selects a ConfigMap to populate the environment variables with. */
export interface ConfigMapEnvSourceOverride extends PatchDirectives {
  /** Name of the referent. */
  readonly name?: string | null;
  /** Specify whether the ConfigMap must be defined */
  readonly optional?: boolean | null;
}

/** Selects a key from a ConfigMap. */
export interface ConfigMapKeySelectorOverride extends PatchDirectives {
  /** The key to select. */
  readonly key?: string;
  /** Name of the referent. */
  readonly name?: string | null;
  /** Specify whether the ConfigMap or its key must be defined */
  readonly optional?: boolean | null;
}

/** Adapts a ConfigMap into a projected volume. */
export interface ConfigMapProjectionOverride extends PatchDirectives {
  readonly items?: readonly KeyToPathOverride[] | null;
  /** Name of the referent. */
  readonly name?: string | null;
  /** optional specify whether the ConfigMap or its keys must be defined */
  readonly optional?: boolean | null;
}

/** Adapts a ConfigMap into a volume. */
export interface ConfigMapVolumeSourceOverride extends PatchDirectives {
  /** defaultMode is optional: mode bits used to set permissions on created files by default. */
  readonly defaultMode?: number | null;
  readonly items?: readonly KeyToPathOverride[] | null;
  /** Name of the referent. */
  readonly name?: string | null;
  /** optional specify whether the ConfigMap or its keys must be defined */
  readonly optional?: boolean | null;
}

/** A single application container that you want to run within a pod. */
export interface ContainerOverride extends PatchDirectives {
  /** Arguments to the entrypoint. */
  readonly args?: readonly string[] | null;
  /** Entrypoint array. */
  readonly command?: readonly string[] | null;
  /** List of environment variables to set in the container. */
  readonly env?: readonly EnvVarOverride[] | null;
  /** List of sources to populate environment variables in the container. */
  readonly envFrom?: readonly EnvFromSourceOverride[] | null;
  /** Container image name. */
  readonly image?: string | null;
  /** Image pull policy. */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | null;
  /** Actions that the management system should take in response to container lifecycle events. */
  readonly lifecycle?: LifecycleOverride | null;
  /** Periodic probe of container liveness. */
  readonly livenessProbe?: ProbeOverride | null;
  /** Name of the container specified as a DNS_LABEL. */
  readonly name?: string;
  /** List of ports to expose from the container. */
  readonly ports?: readonly ContainerPortOverride[] | null;
  /** Periodic probe of container service readiness. */
  readonly readinessProbe?: ProbeOverride | null;
  /** Resources resize policy for the container. */
  readonly resizePolicy?: readonly ContainerResizePolicyOverride[] | null;
  /** Compute Resources required by this container. */
  readonly resources?: ResourceRequirementsOverride | null;
  /** RestartPolicy defines the restart behavior of individual containers in a pod. */
  readonly restartPolicy?: string | null;
  /** Represents a list of rules to be checked to determine if the container should be restarted on exit. */
  readonly restartPolicyRules?: readonly ContainerRestartRuleOverride[] | null;
  /** SecurityContext defines the security options the container should be run with. */
  readonly securityContext?: SecurityContextOverride | null;
  /** StartupProbe indicates that the Pod has successfully initialized. */
  readonly startupProbe?: ProbeOverride | null;
  /** Whether this container should allocate a buffer for stdin in the container runtime. */
  readonly stdin?: boolean | null;
  /** Whether the container runtime should close the stdin channel after it has been opened by a single attach. */
  readonly stdinOnce?: boolean | null;
  /** Optional: Path at which the file to which the container's termination message will be written is mounted into the container's filesystem. */
  readonly terminationMessagePath?: string | null;
  /** Indicate how the termination message should be populated. */
  readonly terminationMessagePolicy?: 'FallbackToLogsOnError' | 'File' | null;
  /** Whether this container should allocate a TTY for itself, also requires 'stdin' to be true. */
  readonly tty?: boolean | null;
  /** volumeDevices is the list of block devices to be used by the container. */
  readonly volumeDevices?: readonly VolumeDeviceOverride[] | null;
  /** Pod volumes to mount into the container's filesystem. */
  readonly volumeMounts?: readonly VolumeMountOverride[] | null;
  /** Container's working directory. */
  readonly workingDir?: string | null;
}

/** ContainerPort represents a network port in a single container. */
export interface ContainerPortOverride extends PatchDirectives {
  /** Number of port to expose on the pod's IP address. */
  readonly containerPort?: number;
  /** What host IP to bind the external port to. */
  readonly hostIP?: string | null;
  /** Number of port to expose on the host. */
  readonly hostPort?: number | null;
  /** If specified, this must be an IANA_SVC_NAME and unique within the pod. */
  readonly name?: string | null;
  /** Protocol for port. */
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP' | null;
}

/** ContainerResizePolicy represents resource resize policy for the container. */
export interface ContainerResizePolicyOverride extends PatchDirectives {
  /** Name of the resource to which this resource resize policy applies. */
  readonly resourceName?: string;
  /** Restart policy to apply when specified resource is resized. */
  readonly restartPolicy?: string;
}

/** ContainerRestartRule describes how a container exit is handled. */
export interface ContainerRestartRuleOverride extends PatchDirectives {
  /** Specifies the action taken on a container exit if the requirements are satisfied. */
  readonly action?: string;
  /** Represents the exit codes to check on container exits. */
  readonly exitCodes?: ContainerRestartRuleOnExitCodesOverride | null;
}

/** ContainerRestartRuleOnExitCodes describes the condition for handling an exited container based on its exit codes. */
export interface ContainerRestartRuleOnExitCodesOverride extends PatchDirectives {
  /** Represents the relationship between the container exit code(s) and the specified values. */
  readonly operator?: string;
  /** Specifies the set of values to check for container exit codes. */
  readonly values?: readonly number[] | null;
}

/** Represents downward API info for projecting into a projected volume. */
export interface DownwardAPIProjectionOverride extends PatchDirectives {
  /** Items is a list of DownwardAPIVolume file */
  readonly items?: readonly DownwardAPIVolumeFileOverride[] | null;
}

/** DownwardAPIVolumeFile represents information to create the file containing the pod field */
export interface DownwardAPIVolumeFileOverride extends PatchDirectives {
  /** Required: Selects a field of the pod: only annotations, labels, name, namespace and uid are supported. */
  readonly fieldRef?: ObjectFieldSelectorOverride | null;
  /** Optional: mode bits used to set permissions on this file, must be an octal value between 0000 and 0777 or a decimal value between 0 and 511. */
  readonly mode?: number | null;
  /** Required: Path is  the relative path name of the file to be created. */
  readonly path?: string;
  /** Selects a resource of the container: only resources limits and requests (limits.cpu, limits.memory, requests.cpu and requests.memory) are currently supported. */
  readonly resourceFieldRef?: ResourceFieldSelectorOverride | null;
}

/** DownwardAPIVolumeSource represents a volume containing downward API info. */
export interface DownwardAPIVolumeSourceOverride extends PatchDirectives {
  /** Optional: mode bits to use on created files by default. */
  readonly defaultMode?: number | null;
  /** Items is a list of downward API volume file */
  readonly items?: readonly DownwardAPIVolumeFileOverride[] | null;
}

/** Represents an empty directory for a pod. */
export interface EmptyDirVolumeSourceOverride extends PatchDirectives {
  /** medium represents what type of storage medium should back this directory. */
  readonly medium?: string | null;
  /** sizeLimit is the total amount of local storage required for this EmptyDir volume. */
  readonly sizeLimit?: Quantity | null;
}

/** EnvFromSource represents the source of a set of ConfigMaps or Secrets */
export interface EnvFromSourceOverride extends PatchDirectives {
  /** The ConfigMap to select from */
  readonly configMapRef?: ConfigMapEnvSourceOverride | null;
  /** Optional text to prepend to the name of each environment variable. */
  readonly prefix?: string | null;
  /** The Secret to select from */
  readonly secretRef?: SecretEnvSourceOverride | null;
}

/** EnvVar represents an environment variable present in a Container. */
export interface EnvVarOverride extends PatchDirectives {
  /** Name of the environment variable. */
  readonly name?: string;
  /** Variable references $(VAR_NAME) are expanded using the previously defined environment variables in the container and any service environment variables. */
  readonly value?: string | null;
  /** Source for the environment variable's value. */
  readonly valueFrom?: EnvVarSourceOverride | null;
}

/** EnvVarSource represents a source for the value of an EnvVar. */
export interface EnvVarSourceOverride extends PatchDirectives {
  /** Selects a key of a ConfigMap. */
  readonly configMapKeyRef?: ConfigMapKeySelectorOverride | null;
  readonly fieldRef?: ObjectFieldSelectorOverride | null;
  /** FileKeyRef selects a key of the env file. */
  readonly fileKeyRef?: FileKeySelectorOverride | null;
  readonly resourceFieldRef?: ResourceFieldSelectorOverride | null;
  /** Selects a key of a secret in the pod's namespace */
  readonly secretKeyRef?: SecretKeySelectorOverride | null;
}

/** An EphemeralContainer is a temporary container that you may add to an existing Pod for user-initiated activities such as debugging. */
export interface EphemeralContainerOverride extends PatchDirectives {
  /** Arguments to the entrypoint. */
  readonly args?: readonly string[] | null;
  /** Entrypoint array. */
  readonly command?: readonly string[] | null;
  /** List of environment variables to set in the container. */
  readonly env?: readonly EnvVarOverride[] | null;
  /** List of sources to populate environment variables in the container. */
  readonly envFrom?: readonly EnvFromSourceOverride[] | null;
  /** Container image name. */
  readonly image?: string | null;
  /** Image pull policy. */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | null;
  /** Lifecycle is not allowed for ephemeral containers. */
  readonly lifecycle?: LifecycleOverride | null;
  /** Probes are not allowed for ephemeral containers. */
  readonly livenessProbe?: ProbeOverride | null;
  /** Name of the ephemeral container specified as a DNS_LABEL. */
  readonly name?: string;
  /** Ports are not allowed for ephemeral containers. */
  readonly ports?: readonly ContainerPortOverride[] | null;
  /** Probes are not allowed for ephemeral containers. */
  readonly readinessProbe?: ProbeOverride | null;
  /** Resources resize policy for the container. */
  readonly resizePolicy?: readonly ContainerResizePolicyOverride[] | null;
  /** Resources are not allowed for ephemeral containers. */
  readonly resources?: ResourceRequirementsOverride | null;
  /** Restart policy for the container to manage the restart behavior of each container within a pod. */
  readonly restartPolicy?: string | null;
  /** Represents a list of rules to be checked to determine if the container should be restarted on exit. */
  readonly restartPolicyRules?: readonly ContainerRestartRuleOverride[] | null;
  /** Optional: SecurityContext defines the security options the ephemeral container should be run with. */
  readonly securityContext?: SecurityContextOverride | null;
  /** Probes are not allowed for ephemeral containers. */
  readonly startupProbe?: ProbeOverride | null;
  /** Whether this container should allocate a buffer for stdin in the container runtime. */
  readonly stdin?: boolean | null;
  /** Whether the container runtime should close the stdin channel after it has been opened by a single attach. */
  readonly stdinOnce?: boolean | null;
  /** If set, the name of the container from PodSpec that this ephemeral container targets. */
  readonly targetContainerName?: string | null;
  /** Optional: Path at which the file to which the container's termination message will be written is mounted into the container's filesystem. */
  readonly terminationMessagePath?: string | null;
  /** Indicate how the termination message should be populated. */
  readonly terminationMessagePolicy?: 'FallbackToLogsOnError' | 'File' | null;
  /** Whether this container should allocate a TTY for itself, also requires 'stdin' to be true. */
  readonly tty?: boolean | null;
  /** volumeDevices is the list of block devices to be used by the container. */
  readonly volumeDevices?: readonly VolumeDeviceOverride[] | null;
  /** Pod volumes to mount into the container's filesystem. */
  readonly volumeMounts?: readonly VolumeMountOverride[] | null;
  /** Container's working directory. */
  readonly workingDir?: string | null;
}

/** Represents an ephemeral volume that is handled by a normal storage driver. */
export interface EphemeralVolumeSourceOverride extends PatchDirectives {
  /** Will be used to create a stand-alone PVC to provision the volume. */
  readonly volumeClaimTemplate?: PersistentVolumeClaimTemplateOverride | null;
}

/** ExecAction describes a "run in container" action. */
export interface ExecActionOverride extends PatchDirectives {
  /** Command is the command line to execute inside the container, the working directory for the command  is root ('/') in the container's filesystem. */
  readonly command?: readonly string[] | null;
}

/** Represents a Fibre Channel volume. */
export interface FCVolumeSourceOverride extends PatchDirectives {
  /** fsType is the filesystem type to mount. */
  readonly fsType?: string | null;
  /** lun is Optional: FC target lun number */
  readonly lun?: number | null;
  /** readOnly is Optional: Defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  /** targetWWNs is Optional: FC target worldwide names (WWNs) */
  readonly targetWWNs?: readonly string[] | null;
  /** wwids Optional: FC volume world wide identifiers (wwids) Either wwids or combination of targetWWNs and lun must be set, but not both simultaneously. */
  readonly wwids?: readonly string[] | null;
}

/** FileKeySelector selects a key of the env file. */
export interface FileKeySelectorOverride extends PatchDirectives {
  /** The key within the env file. */
  readonly key?: string;
  /** Specify whether the file or its key must be defined. */
  readonly optional?: boolean | null;
  /** The path within the volume from which to select the file. */
  readonly path?: string;
  /** The name of the volume mount containing the env file. */
  readonly volumeName?: string;
}

/** FlexVolume represents a generic volume resource that is provisioned/attached using an exec based plugin. */
export interface FlexVolumeSourceOverride extends PatchDirectives {
  /** driver is the name of the driver to use for this volume. */
  readonly driver?: string;
  /** fsType is the filesystem type to mount. */
  readonly fsType?: string | null;
  /** options is Optional: this field holds extra command options if any. */
  readonly options?: { readonly [name: string]: string | null } | null;
  /** readOnly is Optional: defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  /** secretRef is Optional: secretRef is reference to the secret object containing sensitive information to pass to the plugin scripts. */
  readonly secretRef?: LocalObjectReferenceOverride | null;
}

/** Represents a Flocker volume mounted by the Flocker agent. */
export interface FlockerVolumeSourceOverride extends PatchDirectives {
  /** datasetName is Name of the dataset stored as metadata -> name on the dataset for Flocker should be considered as deprecated */
  readonly datasetName?: string | null;
  /** datasetUUID is the UUID of the dataset. */
  readonly datasetUUID?: string | null;
}

/** Represents a Persistent Disk resource in Google Compute Engine. */
export interface GCEPersistentDiskVolumeSourceOverride extends PatchDirectives {
  /** fsType is filesystem type of the volume that you want to mount. */
  readonly fsType?: string | null;
  /** partition is the partition in the volume that you want to mount. */
  readonly partition?: number | null;
  /** pdName is unique name of the PD resource in GCE. */
  readonly pdName?: string;
  /** readOnly here will force the ReadOnly setting in VolumeMounts. */
  readonly readOnly?: boolean | null;
}

/** GRPCAction specifies an action involving a GRPC service. */
export interface GRPCActionOverride extends PatchDirectives {
  /** Port number of the gRPC service. */
  readonly port?: number;
  /** Service is the name of the service to place in the gRPC HealthCheckRequest (see https://github.com/grpc/grpc/blob/master/doc/health-checking.md). */
  readonly service?: string | null;
}

/** Represents a volume that is populated with the contents of a git repository. */
export interface GitRepoVolumeSourceOverride extends PatchDirectives {
  /** directory is the target directory name. */
  readonly directory?: string | null;
  /** repository is the URL */
  readonly repository?: string;
  /** revision is the commit hash for the specified revision. */
  readonly revision?: string | null;
}

/** Represents a Glusterfs mount that lasts the lifetime of a pod. */
export interface GlusterfsVolumeSourceOverride extends PatchDirectives {
  /** endpoints is the endpoint name that details Glusterfs topology. */
  readonly endpoints?: string;
  /** path is the Glusterfs volume path. */
  readonly path?: string;
  /** readOnly here will force the Glusterfs volume to be mounted with read-only permissions. */
  readonly readOnly?: boolean | null;
}

/** HTTPGetAction describes an action based on HTTP Get requests. */
export interface HTTPGetActionOverride extends PatchDirectives {
  /** Host name to connect to, defaults to the pod IP. */
  readonly host?: string | null;
  /** Custom headers to set in the request. */
  readonly httpHeaders?: readonly HTTPHeaderOverride[] | null;
  /** Path to access on the HTTP server. */
  readonly path?: string | null;
  /** Name or number of the port to access on the container. */
  readonly port?: IntOrString;
  /** Scheme to use for connecting to the host. */
  readonly scheme?: 'HTTP' | 'HTTPS' | null;
}

/** HTTPHeader describes a custom header to be used in HTTP probes */
export interface HTTPHeaderOverride extends PatchDirectives {
  /** The header field name. */
  readonly name?: string;
  /** The header field value */
  readonly value?: string;
}

/** HostAlias holds the mapping between IP and hostnames that will be injected as an entry in the pod's hosts file. */
export interface HostAliasOverride extends PatchDirectives {
  /** Hostnames for the above IP address. */
  readonly hostnames?: readonly string[] | null;
  /** IP address of the host file entry. */
  readonly ip?: string;
}

/** Represents a host path mapped into a pod. */
export interface HostPathVolumeSourceOverride extends PatchDirectives {
  /** path of the directory on the host. */
  readonly path?: string;
  /** type for HostPath Volume Defaults to "" More info: https://kubernetes.io/docs/concepts/storage/volumes#hostpath */
  readonly type?:
    | ''
    | 'BlockDevice'
    | 'CharDevice'
    | 'Directory'
    | 'DirectoryOrCreate'
    | 'File'
    | 'FileOrCreate'
    | 'Socket'
    | null;
}

/** Represents an ISCSI disk. */
export interface ISCSIVolumeSourceOverride extends PatchDirectives {
  /** chapAuthDiscovery defines whether support iSCSI Discovery CHAP authentication */
  readonly chapAuthDiscovery?: boolean | null;
  /** chapAuthSession defines whether support iSCSI Session CHAP authentication */
  readonly chapAuthSession?: boolean | null;
  /** fsType is the filesystem type of the volume that you want to mount. */
  readonly fsType?: string | null;
  /** initiatorName is the custom iSCSI Initiator Name. */
  readonly initiatorName?: string | null;
  /** iqn is the target iSCSI Qualified Name. */
  readonly iqn?: string;
  /** iscsiInterface is the interface Name that uses an iSCSI transport. */
  readonly iscsiInterface?: string | null;
  /** lun represents iSCSI Target Lun number. */
  readonly lun?: number;
  /** portals is the iSCSI Target Portal List. */
  readonly portals?: readonly string[] | null;
  /** readOnly here will force the ReadOnly setting in VolumeMounts. */
  readonly readOnly?: boolean | null;
  /** secretRef is the CHAP Secret for iSCSI target and initiator authentication */
  readonly secretRef?: LocalObjectReferenceOverride | null;
  /** targetPortal is iSCSI Target Portal. */
  readonly targetPortal?: string;
}

/** ImageVolumeSource represents a image volume resource. */
export interface ImageVolumeSourceOverride extends PatchDirectives {
  /** Policy for pulling OCI objects. */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | null;
  /** Required: Image or artifact reference to be used. */
  readonly reference?: string | null;
}

/** Maps a string key to a path within a volume. */
export interface KeyToPathOverride extends PatchDirectives {
  /** key is the key to project. */
  readonly key?: string;
  /** mode is Optional: mode bits used to set permissions on this file. */
  readonly mode?: number | null;
  /** path is the relative path of the file to map the key to. */
  readonly path?: string;
}

/** A label selector is a label query over a set of resources. */
export interface LabelSelectorOverride extends PatchDirectives {
  /** matchExpressions is a list of label selector requirements. */
  readonly matchExpressions?: readonly LabelSelectorRequirementOverride[] | null;
  /** matchLabels is a map of {key,value} pairs. */
  readonly matchLabels?: { readonly [name: string]: string | null } | null;
}

/** A label selector requirement is a selector that contains values, a key, and an operator that relates the key and values. */
export interface LabelSelectorRequirementOverride extends PatchDirectives {
  /** key is the label key that the selector applies to. */
  readonly key?: string;
  /** operator represents a key's relationship to a set of values. */
  readonly operator?: string;
  /** values is an array of string values. */
  readonly values?: readonly string[] | null;
}

/** Lifecycle describes actions that the management system should take in response to container lifecycle events. */
export interface LifecycleOverride extends PatchDirectives {
  /** PostStart is called immediately after a container is created. */
  readonly postStart?: LifecycleHandlerOverride | null;
  readonly preStop?: LifecycleHandlerOverride | null;
  /** StopSignal defines which signal will be sent to a container when it is being stopped. */
  readonly stopSignal?:
    | 'SIGABRT'
    | 'SIGALRM'
    | 'SIGBUS'
    | 'SIGCHLD'
    | 'SIGCLD'
    | 'SIGCONT'
    | 'SIGFPE'
    | 'SIGHUP'
    | 'SIGILL'
    | 'SIGINT'
    | 'SIGIO'
    | 'SIGIOT'
    | 'SIGKILL'
    | 'SIGPIPE'
    | 'SIGPOLL'
    | 'SIGPROF'
    | 'SIGPWR'
    | 'SIGQUIT'
    | 'SIGRTMAX'
    | 'SIGRTMAX-1'
    | 'SIGRTMAX-10'
    | 'SIGRTMAX-11'
    | 'SIGRTMAX-12'
    | 'SIGRTMAX-13'
    | 'SIGRTMAX-14'
    | 'SIGRTMAX-2'
    | 'SIGRTMAX-3'
    | 'SIGRTMAX-4'
    | 'SIGRTMAX-5'
    | 'SIGRTMAX-6'
    | 'SIGRTMAX-7'
    | 'SIGRTMAX-8'
    | 'SIGRTMAX-9'
    | 'SIGRTMIN'
    | 'SIGRTMIN+1'
    | 'SIGRTMIN+10'
    | 'SIGRTMIN+11'
    | 'SIGRTMIN+12'
    | 'SIGRTMIN+13'
    | 'SIGRTMIN+14'
    | 'SIGRTMIN+15'
    | 'SIGRTMIN+2'
    | 'SIGRTMIN+3'
    | 'SIGRTMIN+4'
    | 'SIGRTMIN+5'
    | 'SIGRTMIN+6'
    | 'SIGRTMIN+7'
    | 'SIGRTMIN+8'
    | 'SIGRTMIN+9'
    | 'SIGSEGV'
    | 'SIGSTKFLT'
    | 'SIGSTOP'
    | 'SIGSYS'
    | 'SIGTERM'
    | 'SIGTRAP'
    | 'SIGTSTP'
    | 'SIGTTIN'
    | 'SIGTTOU'
    | 'SIGURG'
    | 'SIGUSR1'
    | 'SIGUSR2'
    | 'SIGVTALRM'
    | 'SIGWINCH'
    | 'SIGXCPU'
    | 'SIGXFSZ'
    | null;
}

/** LifecycleHandler defines a specific action that should be taken in a lifecycle hook. */
export interface LifecycleHandlerOverride extends PatchDirectives {
  /** Exec specifies a command to execute in the container. */
  readonly exec?: ExecActionOverride | null;
  /** HTTPGet specifies an HTTP GET request to perform. */
  readonly httpGet?: HTTPGetActionOverride | null;
  /** Sleep represents a duration that the container should sleep. */
  readonly sleep?: SleepActionOverride | null;
  /** Deprecated. */
  readonly tcpSocket?: TCPSocketActionOverride | null;
}

/** LocalObjectReference contains enough information to let you locate the referenced object inside the same namespace. */
export interface LocalObjectReferenceOverride extends PatchDirectives {
  /** Name of the referent. */
  readonly name?: string | null;
}

/** ManagedFieldsEntry is a workflow-id, a FieldSet and the group version of the resource that the fieldset applies to. */
export interface ManagedFieldsEntryOverride extends PatchDirectives {
  /** APIVersion defines the version of this resource that this field set applies to. */
  readonly apiVersion?: string | null;
  /** FieldsType is the discriminator for the different fields format and version. */
  readonly fieldsType?: string | null;
  /** FieldsV1 holds the first JSON version format as described in the "FieldsV1" type. */
  readonly fieldsV1?: JsonObject | null;
  /** Manager is an identifier of the workflow managing these fields. */
  readonly manager?: string | null;
  /** Operation is the type of operation which lead to this ManagedFieldsEntry being created. */
  readonly operation?: string | null;
  /** Subresource is the name of the subresource used to update that object, or empty string if the object was updated through the main resource. */
  readonly subresource?: string | null;
  /** Time is the timestamp of when the ManagedFields entry was added. */
  readonly time?: string | null;
}

/** Represents an NFS mount that lasts the lifetime of a pod. */
export interface NFSVolumeSourceOverride extends PatchDirectives {
  /** path that is exported by the NFS server. */
  readonly path?: string;
  /** readOnly here will force the NFS export to be mounted with read-only permissions. */
  readonly readOnly?: boolean | null;
  /** server is the hostname or IP address of the NFS server. */
  readonly server?: string;
}

/** Node affinity is a group of node affinity scheduling rules. */
export interface NodeAffinityOverride extends PatchDirectives {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredSchedulingTermOverride[] | null;
  /** If the affinity requirements specified by this field are not met at scheduling time, the pod will not be scheduled onto the node. */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelectorOverride | null;
}

export interface NodeSelectorOverride extends PatchDirectives {
  /** Required. */
  readonly nodeSelectorTerms?: readonly NodeSelectorTermOverride[];
}

/** A node selector requirement is a selector that contains values, a key, and an operator that relates the key and values. */
export interface NodeSelectorRequirementOverride extends PatchDirectives {
  /** The label key that the selector applies to. */
  readonly key?: string;
  /** Represents a key's relationship to a set of values. */
  readonly operator?: 'DoesNotExist' | 'Exists' | 'Gt' | 'In' | 'Lt' | 'NotIn';
  /** An array of string values. */
  readonly values?: readonly string[] | null;
}

/** A null or empty node selector term matches no objects. */
export interface NodeSelectorTermOverride extends PatchDirectives {
  /** A list of node selector requirements by node's labels. */
  readonly matchExpressions?: readonly NodeSelectorRequirementOverride[] | null;
  /** A list of node selector requirements by node's fields. */
  readonly matchFields?: readonly NodeSelectorRequirementOverride[] | null;
}

/** ObjectFieldSelector selects an APIVersioned field of an object. */
export interface ObjectFieldSelectorOverride extends PatchDirectives {
  /** Version of the schema the FieldPath is written in terms of, defaults to "v1". */
  readonly apiVersion?: string | null;
  /** Path of the field to select in the specified API version. */
  readonly fieldPath?: string;
}

/** ObjectMeta is metadata that all persisted resources must have, which includes all objects users must create. */
export interface ObjectMetaOverride extends PatchDirectives {
  /** Annotations is an unstructured key value map stored with a resource that may be set by external tools to store and retrieve arbitrary metadata. */
  readonly annotations?: { readonly [name: string]: string | null } | null;
  /** Must be empty before the object is deleted from the registry. */
  readonly finalizers?: readonly string[] | null;
  /** Map of string keys and values that can be used to organize and categorize (scope and select) objects. */
  readonly labels?: { readonly [name: string]: string | null } | null;
  /** Namespace defines the space within which each name must be unique. */
  readonly namespace?: string | null;
  /** List of objects depended by this object. */
  readonly ownerReferences?: readonly OwnerReferenceOverride[] | null;
}

/** OwnerReference contains enough information to let you identify an owning object. */
export interface OwnerReferenceOverride extends PatchDirectives {
  /** API version of the referent. */
  readonly apiVersion?: string;
  /** If true, AND if the owner has the "foregroundDeletion" finalizer, then the owner cannot be deleted from the key-value store until this reference is removed. */
  readonly blockOwnerDeletion?: boolean | null;
  /** If true, this reference points to the managing controller. */
  readonly controller?: boolean | null;
  /** Kind of the referent. */
  readonly kind?: string;
  /** Name of the referent. */
  readonly name?: string;
  /** UID of the referent. */
  readonly uid?: string;
}

/** PersistentVolumeClaimSpec describes the common attributes of storage devices and allows a Source for provider-specific attributes */
export interface PersistentVolumeClaimSpecOverride extends PatchDirectives {
  /** accessModes contains the desired access modes the volume should have. */
  readonly accessModes?: readonly ('ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod')[] | null;
  readonly dataSource?: TypedLocalObjectReferenceOverride | null;
  /** dataSourceRef specifies the object from which to populate the volume with data, if a non-empty volume is desired. */
  readonly dataSourceRef?: TypedObjectReferenceOverride | null;
  /** resources represents the minimum resources the volume should have. */
  readonly resources?: VolumeResourceRequirementsOverride | null;
  /** selector is a label query over volumes to consider for binding. */
  readonly selector?: LabelSelectorOverride | null;
  /** storageClassName is the name of the StorageClass required by the claim. */
  readonly storageClassName?: string | null;
  /** volumeAttributesClassName may be used to set the VolumeAttributesClass used by this claim. */
  readonly volumeAttributesClassName?: string | null;
  /** volumeMode defines what type of volume is required by the claim. */
  readonly volumeMode?: 'Block' | 'Filesystem' | null;
  /** volumeName is the binding reference to the PersistentVolume backing this claim. */
  readonly volumeName?: string | null;
}

/** PersistentVolumeClaimTemplate is used to produce PersistentVolumeClaim objects as part of an EphemeralVolumeSource. */
export interface PersistentVolumeClaimTemplateOverride extends PatchDirectives {
  /** May contain labels and annotations that will be copied into the PVC when creating it. */
  readonly metadata?: ObjectMetaOverride | null;
  /** The specification for the PersistentVolumeClaim. */
  readonly spec?: PersistentVolumeClaimSpecOverride;
}

/** PersistentVolumeClaimVolumeSource references the user's PVC in the same namespace. */
export interface PersistentVolumeClaimVolumeSourceOverride extends PatchDirectives {
  /** claimName is the name of a PersistentVolumeClaim in the same namespace as the pod using this volume. */
  readonly claimName?: string;
  /** readOnly Will force the ReadOnly setting in VolumeMounts. */
  readonly readOnly?: boolean | null;
}

/** Represents a Photon Controller persistent disk resource. */
export interface PhotonPersistentDiskVolumeSourceOverride extends PatchDirectives {
  /** fsType is the filesystem type to mount. */
  readonly fsType?: string | null;
  /** pdID is the ID that identifies Photon Controller persistent disk */
  readonly pdID?: string;
}

/** Pod is a collection of containers that can run on a host. */
export interface PodOverride extends PatchDirectives {
  /** APIVersion defines the versioned schema of this representation of an object. */
  readonly apiVersion?: 'v1';
  /** Kind is a string value representing the REST resource this object represents. */
  readonly kind?: 'Pod';
  /** Standard object's metadata. */
  readonly metadata?: ObjectMetaOverride;
  /** Specification of the desired behavior of the pod. */
  readonly spec?: PodSpecOverride;
}

/** Pod affinity is a group of inter pod affinity scheduling rules. */
export interface PodAffinityOverride extends PatchDirectives {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTermOverride[] | null;
  /** If the affinity requirements specified by this field are not met at scheduling time, the pod will not be scheduled onto the node. */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTermOverride[] | null;
}

export interface PodAffinityTermOverride extends PatchDirectives {
  /** A label query over a set of resources, in this case pods. */
  readonly labelSelector?: LabelSelectorOverride | null;
  /** MatchLabelKeys is a set of pod label keys to select which pods will be taken into consideration. */
  readonly matchLabelKeys?: readonly string[] | null;
  /** MismatchLabelKeys is a set of pod label keys to select which pods will be taken into consideration. */
  readonly mismatchLabelKeys?: readonly string[] | null;
  /** A label query over the set of namespaces that the term applies to. */
  readonly namespaceSelector?: LabelSelectorOverride | null;
  /** namespaces specifies a static list of namespace names that the term applies to. */
  readonly namespaces?: readonly string[] | null;
  readonly topologyKey?: string;
}

/** Pod anti affinity is a group of inter pod anti affinity scheduling rules. */
export interface PodAntiAffinityOverride extends PatchDirectives {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTermOverride[] | null;
  /** If the anti-affinity requirements specified by this field are not met at scheduling time, the pod will not be scheduled onto the node. */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTermOverride[] | null;
}

/** PodCertificateProjection provides a private key and X.509 certificate in the pod filesystem. */
export interface PodCertificateProjectionOverride extends PatchDirectives {
  /** Write the certificate chain at this path in the projected volume. */
  readonly certificateChainPath?: string | null;
  /** Write the credential bundle at this path in the projected volume. */
  readonly credentialBundlePath?: string | null;
  /** Write the key at this path in the projected volume. */
  readonly keyPath?: string | null;
  /** The type of keypair Kubelet will generate for the pod. */
  readonly keyType?: string;
  /** maxExpirationSeconds is the maximum lifetime permitted for the certificate. */
  readonly maxExpirationSeconds?: number | null;
  /** Kubelet's generated CSRs will be addressed to this signer. */
  readonly signerName?: string;
  /** userAnnotations allow pod authors to pass additional information to the signer implementation. */
  readonly userAnnotations?: { readonly [name: string]: string | null } | null;
}

/** PodDNSConfig defines the DNS parameters of a pod in addition to those generated from DNSPolicy. */
export interface PodDNSConfigOverride extends PatchDirectives {
  /** A list of DNS name server IP addresses. */
  readonly nameservers?: readonly string[] | null;
  /** A list of DNS resolver options. */
  readonly options?: readonly PodDNSConfigOptionOverride[] | null;
  /** A list of DNS search domains for host-name lookup. */
  readonly searches?: readonly string[] | null;
}

/** PodDNSConfigOption defines DNS resolver options of a pod. */
export interface PodDNSConfigOptionOverride extends PatchDirectives {
  /** Name is this DNS resolver option's name. */
  readonly name?: string | null;
  /** Value is this DNS resolver option's value. */
  readonly value?: string | null;
}

/** PodOS defines the OS parameters of a pod. */
export interface PodOSOverride extends PatchDirectives {
  /** Name is the name of the operating system. */
  readonly name?: string;
}

/** PodReadinessGate contains the reference to a pod condition */
export interface PodReadinessGateOverride extends PatchDirectives {
  /** ConditionType refers to a condition in the pod's condition list with matching type. */
  readonly conditionType?: string;
}

export interface PodResourceClaimOverride extends PatchDirectives {
  /** Name uniquely identifies this resource claim inside the pod. */
  readonly name?: string;
  /** ResourceClaimName is the name of a ResourceClaim object in the same namespace as this pod. */
  readonly resourceClaimName?: string | null;
  /** ResourceClaimTemplateName is the name of a ResourceClaimTemplate object in the same namespace as this pod. */
  readonly resourceClaimTemplateName?: string | null;
}

/** PodSchedulingGate is associated to a Pod to guard its scheduling. */
export interface PodSchedulingGateOverride extends PatchDirectives {
  /** Name of the scheduling gate. */
  readonly name?: string;
}

/** PodSchedulingGroup identifies the runtime scheduling group instance that a Pod belongs to. */
export interface PodSchedulingGroupOverride extends PatchDirectives {
  /** PodGroupName specifies the name of the standalone PodGroup object that represents the runtime instance of this group. */
  readonly podGroupName?: string | null;
}

/** PodSecurityContext holds pod-level security attributes and common container settings. */
export interface PodSecurityContextOverride extends PatchDirectives {
  /** appArmorProfile is the AppArmor options to use by the containers in this pod. */
  readonly appArmorProfile?: AppArmorProfileOverride | null;
  /** A special supplemental group that applies to all containers in a pod. */
  readonly fsGroup?: number | null;
  /** fsGroupChangePolicy defines behavior of changing ownership and permission of the volume before being exposed inside Pod. */
  readonly fsGroupChangePolicy?: 'Always' | 'OnRootMismatch' | null;
  /** The GID to run the entrypoint of the container process. */
  readonly runAsGroup?: number | null;
  /** Indicates that the container must run as a non-root user. */
  readonly runAsNonRoot?: boolean | null;
  /** The UID to run the entrypoint of the container process. */
  readonly runAsUser?: number | null;
  /** seLinuxChangePolicy defines how the container's SELinux label is applied to all volumes used by the Pod. */
  readonly seLinuxChangePolicy?: string | null;
  /** The SELinux context to be applied to all containers. */
  readonly seLinuxOptions?: SELinuxOptionsOverride | null;
  /** The seccomp options to use by the containers in this pod. */
  readonly seccompProfile?: SeccompProfileOverride | null;
  /** A list of groups applied to the first process run in each container, in addition to the container's primary GID and fsGroup (if specified). */
  readonly supplementalGroups?: readonly number[] | null;
  /** Defines how supplemental groups of the first container processes are calculated. */
  readonly supplementalGroupsPolicy?: 'Merge' | 'Strict' | null;
  /** Sysctls hold a list of namespaced sysctls used for the pod. */
  readonly sysctls?: readonly SysctlOverride[] | null;
  /** The Windows specific settings applied to all containers. */
  readonly windowsOptions?: WindowsSecurityContextOptionsOverride | null;
}

/** PodSpec is a description of a pod. */
export interface PodSpecOverride extends PatchDirectives {
  readonly activeDeadlineSeconds?: number | null;
  /** If specified, the pod's scheduling constraints */
  readonly affinity?: AffinityOverride | null;
  /** AutomountServiceAccountToken indicates whether a service account token should be automatically mounted. */
  readonly automountServiceAccountToken?: boolean | null;
  /** List of containers belonging to the pod. */
  readonly containers?: readonly ContainerOverride[];
  /** Specifies the DNS parameters of a pod. */
  readonly dnsConfig?: PodDNSConfigOverride | null;
  /** Set DNS policy for the pod. */
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None' | null;
  /** EnableServiceLinks indicates whether information about services should be injected into pod's environment variables, matching the syntax of Docker links. */
  readonly enableServiceLinks?: boolean | null;
  /** List of ephemeral containers run in this pod. */
  readonly ephemeralContainers?: readonly EphemeralContainerOverride[] | null;
  /** HostAliases is an optional list of hosts and IPs that will be injected into the pod's hosts file if specified. */
  readonly hostAliases?: readonly HostAliasOverride[] | null;
  /** Use the host's ipc namespace. */
  readonly hostIPC?: boolean | null;
  /** Host networking requested for this pod. */
  readonly hostNetwork?: boolean | null;
  /** Use the host's pid namespace. */
  readonly hostPID?: boolean | null;
  /** Use the host's user namespace. */
  readonly hostUsers?: boolean | null;
  /** Specifies the hostname of the Pod If not specified, the pod's hostname will be set to a system-defined value. */
  readonly hostname?: string | null;
  /** HostnameOverride specifies an explicit override for the pod's hostname as perceived by the pod. */
  readonly hostnameOverride?: string | null;
  /** ImagePullSecrets is an optional list of references to secrets in the same namespace to use for pulling any of the images used by this PodSpec. */
  readonly imagePullSecrets?: readonly LocalObjectReferenceOverride[] | null;
  /** List of initialization containers belonging to the pod. */
  readonly initContainers?: readonly ContainerOverride[] | null;
  /** NodeName indicates in which node this pod is scheduled. */
  readonly nodeName?: string | null;
  /** NodeSelector is a selector which must be true for the pod to fit on a node. */
  readonly nodeSelector?: { readonly [name: string]: string | null } | null;
  /** Specifies the OS of the containers in the pod. */
  readonly os?: PodOSOverride | null;
  /** Overhead represents the resource overhead associated with running a pod for a given RuntimeClass. */
  readonly overhead?: { readonly [name: string]: Quantity | null } | null;
  /** PreemptionPolicy is the Policy for preempting pods with lower priority. */
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority' | null;
  /** The priority value. */
  readonly priority?: number | null;
  /** If specified, indicates the pod's priority. */
  readonly priorityClassName?: string | null;
  /** If specified, all readiness gates will be evaluated for pod readiness. */
  readonly readinessGates?: readonly PodReadinessGateOverride[] | null;
  /** ResourceClaims defines which ResourceClaims must be allocated and reserved before the Pod is allowed to start. */
  readonly resourceClaims?: readonly PodResourceClaimOverride[] | null;
  /** Resources is the total amount of CPU and Memory resources required by all containers in the pod. */
  readonly resources?: ResourceRequirementsOverride | null;
  /** Restart policy for all containers within the pod. */
  readonly restartPolicy?: 'Always' | 'Never' | 'OnFailure' | null;
  /** RuntimeClassName refers to a RuntimeClass object in the node.k8s.io group, which should be used to run this pod. */
  readonly runtimeClassName?: string | null;
  /** If specified, the pod will be dispatched by specified scheduler. */
  readonly schedulerName?: string | null;
  /** SchedulingGates is an opaque list of values that if specified will block scheduling the pod. */
  readonly schedulingGates?: readonly PodSchedulingGateOverride[] | null;
  /** SchedulingGroup provides a reference to the immediate scheduling runtime grouping object that this Pod belongs to. */
  readonly schedulingGroup?: PodSchedulingGroupOverride | null;
  /** SecurityContext holds pod-level security attributes and common container settings. */
  readonly securityContext?: PodSecurityContextOverride | null;
  /** DeprecatedServiceAccount is a deprecated alias for ServiceAccountName. */
  readonly serviceAccount?: string | null;
  /** ServiceAccountName is the name of the ServiceAccount to use to run this pod. */
  readonly serviceAccountName?: string | null;
  /** If true the pod's hostname will be configured as the pod's FQDN, rather than the leaf name (the default). */
  readonly setHostnameAsFQDN?: boolean | null;
  /** Share a single process namespace between all of the containers in a pod. */
  readonly shareProcessNamespace?: boolean | null;
  /** If specified, the fully qualified Pod hostname will be "<hostname>.<subdomain>.<pod namespace>.svc.<cluster domain>". */
  readonly subdomain?: string | null;
  /** Optional duration in seconds the pod needs to terminate gracefully. */
  readonly terminationGracePeriodSeconds?: number | null;
  /** If specified, the pod's tolerations. */
  readonly tolerations?: readonly TolerationOverride[] | null;
  /** TopologySpreadConstraints describes how a group of pods ought to spread across topology domains. */
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraintOverride[] | null;
  /** List of volumes that can be mounted by containers belonging to the pod. */
  readonly volumes?: readonly VolumeOverride[] | null;
}

/** PortworxVolumeSource represents a Portworx volume resource. */
export interface PortworxVolumeSourceOverride extends PatchDirectives {
  /** fSType represents the filesystem type to mount Must be a filesystem type supported by the host operating system. */
  readonly fsType?: string | null;
  /** readOnly defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  /** volumeID uniquely identifies a Portworx volume */
  readonly volumeID?: string;
}

/** An empty preferred scheduling term matches all objects with implicit weight 0 (i.e. */
export interface PreferredSchedulingTermOverride extends PatchDirectives {
  /** A node selector term, associated with the corresponding weight. */
  readonly preference?: NodeSelectorTermOverride;
  /** Weight associated with matching the corresponding nodeSelectorTerm, in the range 1-100. */
  readonly weight?: number;
}

/** Probe describes a health check to be performed against a container to determine whether it is alive or ready to receive traffic. */
export interface ProbeOverride extends PatchDirectives {
  /** Exec specifies a command to execute in the container. */
  readonly exec?: ExecActionOverride | null;
  /** Minimum consecutive failures for the probe to be considered failed after having succeeded. */
  readonly failureThreshold?: number | null;
  /** GRPC specifies a GRPC HealthCheckRequest. */
  readonly grpc?: GRPCActionOverride | null;
  /** HTTPGet specifies an HTTP GET request to perform. */
  readonly httpGet?: HTTPGetActionOverride | null;
  /** Number of seconds after the container has started before liveness probes are initiated. */
  readonly initialDelaySeconds?: number | null;
  /** How often (in seconds) to perform the probe. */
  readonly periodSeconds?: number | null;
  /** Minimum consecutive successes for the probe to be considered successful after having failed. */
  readonly successThreshold?: number | null;
  /** TCPSocket specifies a connection to a TCP port. */
  readonly tcpSocket?: TCPSocketActionOverride | null;
  /** Optional duration in seconds the pod needs to terminate gracefully upon probe failure. */
  readonly terminationGracePeriodSeconds?: number | null;
  /** Number of seconds after which the probe times out. */
  readonly timeoutSeconds?: number | null;
}

/** Represents a projected volume source */
export interface ProjectedVolumeSourceOverride extends PatchDirectives {
  /** defaultMode are the mode bits used to set permissions on created files by default. */
  readonly defaultMode?: number | null;
  /** sources is the list of volume projections. */
  readonly sources?: readonly VolumeProjectionOverride[] | null;
}

/** Represents a Quobyte mount that lasts the lifetime of a pod. */
export interface QuobyteVolumeSourceOverride extends PatchDirectives {
  /** group to map volume access to Default is no group */
  readonly group?: string | null;
  /** readOnly here will force the Quobyte volume to be mounted with read-only permissions. */
  readonly readOnly?: boolean | null;
  readonly registry?: string;
  /** tenant owning the given Quobyte volume in the Backend Used with dynamically provisioned Quobyte volumes, value is set by the plugin */
  readonly tenant?: string | null;
  /** user to map volume access to Defaults to serivceaccount user */
  readonly user?: string | null;
  /** volume is a string that references an already created Quobyte volume by name. */
  readonly volume?: string;
}

/** Represents a Rados Block Device mount that lasts the lifetime of a pod. */
export interface RBDVolumeSourceOverride extends PatchDirectives {
  /** fsType is the filesystem type of the volume that you want to mount. */
  readonly fsType?: string | null;
  /** image is the rados image name. */
  readonly image?: string;
  /** keyring is the path to key ring for RBDUser. */
  readonly keyring?: string | null;
  /** monitors is a collection of Ceph monitors. */
  readonly monitors?: readonly string[];
  /** pool is the rados pool name. */
  readonly pool?: string | null;
  /** readOnly here will force the ReadOnly setting in VolumeMounts. */
  readonly readOnly?: boolean | null;
  /** secretRef is name of the authentication secret for RBDUser. */
  readonly secretRef?: LocalObjectReferenceOverride | null;
  /** user is the rados user name. */
  readonly user?: string | null;
}

/** ResourceClaim references one entry in PodSpec.ResourceClaims. */
export interface ResourceClaimOverride extends PatchDirectives {
  /** Name must match the name of one entry in pod.spec.resourceClaims of the Pod where this field is used. */
  readonly name?: string;
  /** Request is the name chosen for a request in the referenced claim. */
  readonly request?: string | null;
}

/** ResourceFieldSelector represents container resources (cpu, memory) and their output format */
export interface ResourceFieldSelectorOverride extends PatchDirectives {
  /** Container name: required for volumes, optional for env vars */
  readonly containerName?: string | null;
  /** Specifies the output format of the exposed resources, defaults to "1" */
  readonly divisor?: Quantity | null;
  /** Required: resource to select */
  readonly resource?: string;
}

/** ResourceRequirements describes the compute resource requirements. */
export interface ResourceRequirementsOverride extends PatchDirectives {
  /** Claims lists the names of resources, defined in spec.resourceClaims, that are used by this container. */
  readonly claims?: readonly ResourceClaimOverride[] | null;
  /** Limits describes the maximum amount of compute resources allowed. */
  readonly limits?: { readonly [name: string]: Quantity | null } | null;
  /** Requests describes the minimum amount of compute resources required. */
  readonly requests?: { readonly [name: string]: Quantity | null } | null;
}

/** SELinuxOptions are the labels to be applied to the container */
export interface SELinuxOptionsOverride extends PatchDirectives {
  /** Level is SELinux level label that applies to the container. */
  readonly level?: string | null;
  /** Role is a SELinux role label that applies to the container. */
  readonly role?: string | null;
  /** Type is a SELinux type label that applies to the container. */
  readonly type?: string | null;
  /** User is a SELinux user label that applies to the container. */
  readonly user?: string | null;
}

/** ScaleIOVolumeSource represents a persistent ScaleIO volume */
export interface ScaleIOVolumeSourceOverride extends PatchDirectives {
  /** fsType is the filesystem type to mount. */
  readonly fsType?: string | null;
  /** gateway is the host address of the ScaleIO API Gateway. */
  readonly gateway?: string;
  /** protectionDomain is the name of the ScaleIO Protection Domain for the configured storage. */
  readonly protectionDomain?: string | null;
  /** readOnly Defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  /** secretRef references to the secret for ScaleIO user and other sensitive information. */
  readonly secretRef?: LocalObjectReferenceOverride;
  /** sslEnabled Flag enable/disable SSL communication with Gateway, default false */
  readonly sslEnabled?: boolean | null;
  /** storageMode indicates whether the storage for a volume should be ThickProvisioned or ThinProvisioned. */
  readonly storageMode?: string | null;
  /** storagePool is the ScaleIO Storage Pool associated with the protection domain. */
  readonly storagePool?: string | null;
  /** system is the name of the storage system as configured in ScaleIO. */
  readonly system?: string;
  /** volumeName is the name of a volume already created in the ScaleIO system that is associated with this volume source. */
  readonly volumeName?: string | null;
}

/** SeccompProfile defines a pod/container's seccomp profile settings. */
export interface SeccompProfileOverride extends PatchDirectives {
  /** localhostProfile indicates a profile defined in a file on the node should be used. */
  readonly localhostProfile?: string | null;
  /** type indicates which kind of seccomp profile will be applied. */
  readonly type?: 'Localhost' | 'RuntimeDefault' | 'Unconfined';
}

/** SecretEnvSource selects a Secret to populate the environment variables with. */
export interface SecretEnvSourceOverride extends PatchDirectives {
  /** Name of the referent. */
  readonly name?: string | null;
  /** Specify whether the Secret must be defined */
  readonly optional?: boolean | null;
}

/** SecretKeySelector selects a key of a Secret. */
export interface SecretKeySelectorOverride extends PatchDirectives {
  /** The key of the secret to select from. */
  readonly key?: string;
  /** Name of the referent. */
  readonly name?: string | null;
  /** Specify whether the Secret or its key must be defined */
  readonly optional?: boolean | null;
}

/** Adapts a secret into a projected volume. */
export interface SecretProjectionOverride extends PatchDirectives {
  readonly items?: readonly KeyToPathOverride[] | null;
  /** Name of the referent. */
  readonly name?: string | null;
  /** optional field specify whether the Secret or its key must be defined */
  readonly optional?: boolean | null;
}

/** Adapts a Secret into a volume. */
export interface SecretVolumeSourceOverride extends PatchDirectives {
  /** defaultMode is Optional: mode bits used to set permissions on created files by default. */
  readonly defaultMode?: number | null;
  readonly items?: readonly KeyToPathOverride[] | null;
  /** optional field specify whether the Secret or its keys must be defined */
  readonly optional?: boolean | null;
  /** secretName is the name of the secret in the pod's namespace to use. */
  readonly secretName?: string | null;
}

/** SecurityContext holds security configuration that will be applied to a container. */
export interface SecurityContextOverride extends PatchDirectives {
  /** AllowPrivilegeEscalation controls whether a process can gain more privileges than its parent process. */
  readonly allowPrivilegeEscalation?: boolean | null;
  /** appArmorProfile is the AppArmor options to use by this container. */
  readonly appArmorProfile?: AppArmorProfileOverride | null;
  /** The capabilities to add/drop when running containers. */
  readonly capabilities?: CapabilitiesOverride | null;
  /** Run container in privileged mode. */
  readonly privileged?: boolean | null;
  /** procMount denotes the type of proc mount to use for the containers. */
  readonly procMount?: 'Default' | 'Unmasked' | null;
  /** Whether this container has a read-only root filesystem. */
  readonly readOnlyRootFilesystem?: boolean | null;
  /** The GID to run the entrypoint of the container process. */
  readonly runAsGroup?: number | null;
  /** Indicates that the container must run as a non-root user. */
  readonly runAsNonRoot?: boolean | null;
  /** The UID to run the entrypoint of the container process. */
  readonly runAsUser?: number | null;
  /** The SELinux context to be applied to the container. */
  readonly seLinuxOptions?: SELinuxOptionsOverride | null;
  /** The seccomp options to use by this container. */
  readonly seccompProfile?: SeccompProfileOverride | null;
  /** The Windows specific settings applied to all containers. */
  readonly windowsOptions?: WindowsSecurityContextOptionsOverride | null;
}

/** ServiceAccountTokenProjection represents a projected service account token volume. */
export interface ServiceAccountTokenProjectionOverride extends PatchDirectives {
  /** audience is the intended audience of the token. */
  readonly audience?: string | null;
  /** expirationSeconds is the requested duration of validity of the service account token. */
  readonly expirationSeconds?: number | null;
  /** path is the path relative to the mount point of the file to project the token into. */
  readonly path?: string;
}

/** SleepAction describes a "sleep" action. */
export interface SleepActionOverride extends PatchDirectives {
  /** Seconds is the number of seconds to sleep. */
  readonly seconds?: number;
}

/** Represents a StorageOS persistent volume resource. */
export interface StorageOSVolumeSourceOverride extends PatchDirectives {
  /** fsType is the filesystem type to mount. */
  readonly fsType?: string | null;
  /** readOnly defaults to false (read/write). */
  readonly readOnly?: boolean | null;
  /** secretRef specifies the secret to use for obtaining the StorageOS API credentials. */
  readonly secretRef?: LocalObjectReferenceOverride | null;
  /** volumeName is the human-readable name of the StorageOS volume. */
  readonly volumeName?: string | null;
  /** volumeNamespace specifies the scope of the volume within StorageOS. */
  readonly volumeNamespace?: string | null;
}

/** Sysctl defines a kernel parameter to be set */
export interface SysctlOverride extends PatchDirectives {
  /** Name of a property to set */
  readonly name?: string;
  /** Value of a property to set */
  readonly value?: string;
}

/** TCPSocketAction describes an action based on opening a socket */
export interface TCPSocketActionOverride extends PatchDirectives {
  /** Optional: Host name to connect to, defaults to the pod IP. */
  readonly host?: string | null;
  /** Number or name of the port to access on the container. */
  readonly port?: IntOrString;
}

/** The pod this Toleration is attached to tolerates any taint that matches the triple <key,value,effect> using the matching operator <operator>. */
export interface TolerationOverride extends PatchDirectives {
  /** Effect indicates the taint effect to match. */
  readonly effect?: 'NoExecute' | 'NoSchedule' | 'PreferNoSchedule' | null;
  /** Key is the taint key that the toleration applies to. */
  readonly key?: string | null;
  /** Operator represents a key's relationship to the value. */
  readonly operator?: 'Equal' | 'Exists' | 'Gt' | 'Lt' | null;
  /** TolerationSeconds represents the period of time the toleration (which must be of effect NoExecute, otherwise this field is ignored) tolerates the taint. */
  readonly tolerationSeconds?: number | null;
  /** Value is the taint value the toleration matches to. */
  readonly value?: string | null;
}

/** TopologySpreadConstraint specifies how to spread matching pods among the given topology. */
export interface TopologySpreadConstraintOverride extends PatchDirectives {
  /** LabelSelector is used to find matching pods. */
  readonly labelSelector?: LabelSelectorOverride | null;
  /** MatchLabelKeys is a set of pod label keys to select the pods over which spreading will be calculated. */
  readonly matchLabelKeys?: readonly string[] | null;
  /** MaxSkew describes the degree to which pods may be unevenly distributed. */
  readonly maxSkew?: number;
  /** MinDomains indicates a minimum number of eligible domains. */
  readonly minDomains?: number | null;
  /** NodeAffinityPolicy indicates how we will treat Pod's nodeAffinity/nodeSelector when calculating pod topology spread skew. */
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore' | null;
  /** NodeTaintsPolicy indicates how we will treat node taints when calculating pod topology spread skew. */
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore' | null;
  /** TopologyKey is the key of node labels. */
  readonly topologyKey?: string;
  /** WhenUnsatisfiable indicates how to deal with a pod if it doesn't satisfy the spread constraint. */
  readonly whenUnsatisfiable?: 'DoNotSchedule' | 'ScheduleAnyway';
}

/** TypedLocalObjectReference contains enough information to let you locate the typed referenced object inside the same namespace. */
export interface TypedLocalObjectReferenceOverride extends PatchDirectives {
  /** APIGroup is the group for the resource being referenced. */
  readonly apiGroup?: string | null;
  /** Kind is the type of resource being referenced */
  readonly kind?: string;
  /** Name is the name of resource being referenced */
  readonly name?: string;
}

/** TypedObjectReference contains enough information to let you locate the typed referenced object */
export interface TypedObjectReferenceOverride extends PatchDirectives {
  /** APIGroup is the group for the resource being referenced. */
  readonly apiGroup?: string | null;
  /** Kind is the type of resource being referenced */
  readonly kind?: string;
  /** Name is the name of resource being referenced */
  readonly name?: string;
  readonly namespace?: string | null;
}

/** Volume represents a named volume in a pod that may be accessed by any container in the pod. */
export interface VolumeOverride extends PatchDirectives {
  /** awsElasticBlockStore represents an AWS Disk resource that is attached to a kubelet's host machine and then exposed to the pod. */
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSourceOverride | null;
  /** azureDisk represents an Azure Data Disk mount on the host and bind mount to the pod. */
  readonly azureDisk?: AzureDiskVolumeSourceOverride | null;
  /** azureFile represents an Azure File Service mount on the host and bind mount to the pod. */
  readonly azureFile?: AzureFileVolumeSourceOverride | null;
  /** cephFS represents a Ceph FS mount on the host that shares a pod's lifetime. */
  readonly cephfs?: CephFSVolumeSourceOverride | null;
  /** cinder represents a cinder volume attached and mounted on kubelets host machine. */
  readonly cinder?: CinderVolumeSourceOverride | null;
  /** configMap represents a configMap that should populate this volume */
  readonly configMap?: ConfigMapVolumeSourceOverride | null;
  /** csi (Container Storage Interface) represents ephemeral storage that is handled by certain external CSI drivers. */
  readonly csi?: CSIVolumeSourceOverride | null;
  /** downwardAPI represents downward API about the pod that should populate this volume */
  readonly downwardAPI?: DownwardAPIVolumeSourceOverride | null;
  /** emptyDir represents a temporary directory that shares a pod's lifetime. */
  readonly emptyDir?: EmptyDirVolumeSourceOverride | null;
  /** ephemeral represents a volume that is handled by a cluster storage driver. */
  readonly ephemeral?: EphemeralVolumeSourceOverride | null;
  /** fc represents a Fibre Channel resource that is attached to a kubelet's host machine and then exposed to the pod. */
  readonly fc?: FCVolumeSourceOverride | null;
  /** flexVolume represents a generic volume resource that is provisioned/attached using an exec based plugin. */
  readonly flexVolume?: FlexVolumeSourceOverride | null;
  /** flocker represents a Flocker volume attached to a kubelet's host machine. */
  readonly flocker?: FlockerVolumeSourceOverride | null;
  /** gcePersistentDisk represents a GCE Disk resource that is attached to a kubelet's host machine and then exposed to the pod. */
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSourceOverride | null;
  /** gitRepo represents a git repository at a particular revision. */
  readonly gitRepo?: GitRepoVolumeSourceOverride | null;
  /** glusterfs represents a Glusterfs mount on the host that shares a pod's lifetime. */
  readonly glusterfs?: GlusterfsVolumeSourceOverride | null;
  /** hostPath represents a pre-existing file or directory on the host machine that is directly exposed to the container. */
  readonly hostPath?: HostPathVolumeSourceOverride | null;
  /** image represents an OCI object (a container image or artifact) pulled and mounted on the kubelet's host machine. */
  readonly image?: ImageVolumeSourceOverride | null;
  /** iscsi represents an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod. */
  readonly iscsi?: ISCSIVolumeSourceOverride | null;
  /** name of the volume. */
  readonly name?: string;
  /** nfs represents an NFS mount on the host that shares a pod's lifetime More info: https://kubernetes.io/docs/concepts/storage/volumes#nfs */
  readonly nfs?: NFSVolumeSourceOverride | null;
  /** persistentVolumeClaimVolumeSource represents a reference to a PersistentVolumeClaim in the same namespace. */
  readonly persistentVolumeClaim?: PersistentVolumeClaimVolumeSourceOverride | null;
  /** photonPersistentDisk represents a PhotonController persistent disk attached and mounted on kubelets host machine. */
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSourceOverride | null;
  /** portworxVolume represents a portworx volume attached and mounted on kubelets host machine. */
  readonly portworxVolume?: PortworxVolumeSourceOverride | null;
  /** projected items for all in one resources secrets, configmaps, and downward API */
  readonly projected?: ProjectedVolumeSourceOverride | null;
  /** quobyte represents a Quobyte mount on the host that shares a pod's lifetime. */
  readonly quobyte?: QuobyteVolumeSourceOverride | null;
  /** rbd represents a Rados Block Device mount on the host that shares a pod's lifetime. */
  readonly rbd?: RBDVolumeSourceOverride | null;
  /** scaleIO represents a ScaleIO persistent volume attached and mounted on Kubernetes nodes. */
  readonly scaleIO?: ScaleIOVolumeSourceOverride | null;
  /** secret represents a secret that should populate this volume. */
  readonly secret?: SecretVolumeSourceOverride | null;
  /** storageOS represents a StorageOS volume attached and mounted on Kubernetes nodes. */
  readonly storageos?: StorageOSVolumeSourceOverride | null;
  /** vsphereVolume represents a vSphere volume attached and mounted on kubelets host machine. */
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSourceOverride | null;
}

/** volumeDevice describes a mapping of a raw block device within a container. */
export interface VolumeDeviceOverride extends PatchDirectives {
  /** devicePath is the path inside of the container that the device will be mapped to. */
  readonly devicePath?: string;
  /** name must match the name of a persistentVolumeClaim in the pod */
  readonly name?: string;
}

/** VolumeMount describes a mounting of a Volume within a container. */
export interface VolumeMountOverride extends PatchDirectives {
  /** Path within the container at which the volume should be mounted. */
  readonly mountPath?: string;
  /** mountPropagation determines how mounts are propagated from the host to container and the other way around. */
  readonly mountPropagation?: 'Bidirectional' | 'HostToContainer' | 'None' | null;
  /** This must match the Name of a Volume. */
  readonly name?: string;
  /** Mounted read-only if true, read-write otherwise (false or unspecified). */
  readonly readOnly?: boolean | null;
  /** RecursiveReadOnly specifies whether read-only mounts should be handled recursively. */
  readonly recursiveReadOnly?: string | null;
  /** Path within the volume from which the container's volume should be mounted. */
  readonly subPath?: string | null;
  /** Expanded path within the volume from which the container's volume should be mounted. */
  readonly subPathExpr?: string | null;
}

/** Projection that may be projected along with other supported volume types. */
export interface VolumeProjectionOverride extends PatchDirectives {
  /** ClusterTrustBundle allows a pod to access the `.spec.trustBundle` field of ClusterTrustBundle objects in an auto-updating file. */
  readonly clusterTrustBundle?: ClusterTrustBundleProjectionOverride | null;
  /** configMap information about the configMap data to project */
  readonly configMap?: ConfigMapProjectionOverride | null;
  /** downwardAPI information about the downwardAPI data to project */
  readonly downwardAPI?: DownwardAPIProjectionOverride | null;
  /** Projects an auto-rotating credential bundle (private key and certificate chain) that the pod can use either as a TLS client or server. */
  readonly podCertificate?: PodCertificateProjectionOverride | null;
  /** secret information about the secret data to project */
  readonly secret?: SecretProjectionOverride | null;
  /** serviceAccountToken is information about the serviceAccountToken data to project */
  readonly serviceAccountToken?: ServiceAccountTokenProjectionOverride | null;
}

/** VolumeResourceRequirements describes the storage resource requirements for a volume. */
export interface VolumeResourceRequirementsOverride extends PatchDirectives {
  /** Limits describes the maximum amount of compute resources allowed. */
  readonly limits?: { readonly [name: string]: Quantity | null } | null;
  /** Requests describes the minimum amount of compute resources required. */
  readonly requests?: { readonly [name: string]: Quantity | null } | null;
}

/** Represents a vSphere volume resource. */
export interface VsphereVirtualDiskVolumeSourceOverride extends PatchDirectives {
  /** fsType is filesystem type to mount. */
  readonly fsType?: string | null;
  /** storagePolicyID is the storage Policy Based Management (SPBM) profile ID associated with the StoragePolicyName. */
  readonly storagePolicyID?: string | null;
  /** storagePolicyName is the storage Policy Based Management (SPBM) profile name. */
  readonly storagePolicyName?: string | null;
  /** volumePath is the path that identifies vSphere volume vmdk */
  readonly volumePath?: string;
}

/** The weights of all of the matched WeightedPodAffinityTerm fields are added per-node to find the most preferred node(s) */
export interface WeightedPodAffinityTermOverride extends PatchDirectives {
  /** Required. */
  readonly podAffinityTerm?: PodAffinityTermOverride;
  /** weight associated with matching the corresponding podAffinityTerm, in the range 1-100. */
  readonly weight?: number;
}

/** WindowsSecurityContextOptions contain Windows-specific options and credentials. */
export interface WindowsSecurityContextOptionsOverride extends PatchDirectives {
  readonly gmsaCredentialSpec?: string | null;
  /** GMSACredentialSpecName is the name of the GMSA credential spec to use. */
  readonly gmsaCredentialSpecName?: string | null;
  /** HostProcess determines if a container should be run as a 'Host Process' container. */
  readonly hostProcess?: boolean | null;
  /** The UserName in Windows to run the entrypoint of the container process. */
  readonly runAsUserName?: string | null;
}
